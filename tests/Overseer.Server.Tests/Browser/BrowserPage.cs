using System.Text.Json;
using System.Text.Json.Nodes;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Browser;

/// <summary>A tab, and what scripts of its page can do.</summary>
internal sealed class BrowserPage(DevTools tools, string context, string session) : IAsyncDisposable
{
    // Resolves with the first message that a request is answered with, or with why there was none.
    private const string Converse = """
        ((url, protocols, message) => new Promise(done => {
            const socket = protocols.length ? new WebSocket(url, protocols) : new WebSocket(url);
            socket.onopen = () => socket.send(message);
            socket.onmessage = event => { done(event.data); socket.close(); };
            socket.onclose = event => done('closed ' + event.code);
        }))
        """;

    private const string Fetch = """
        (async (url, options) => {
            try {
                const answer = await fetch(url, options);
                return answer.type + ' ' + answer.status + ' ' + (await answer.text()).slice(0, 200);
            } catch (failure) {
                return 'failed ' + failure.name;
            }
        })
        """;

    /// <summary>Connects, sends a message, and gives the first one back, or <c>closed 1006</c>.</summary>
    public Task<string> ConverseAsync(string url, string message = """{"type":"list","id":"1"}""", params string[] protocols) =>
        RunAsync($"{Converse}({Text(url)}, [{string.Join(", ", protocols.Select(Text))}], {Text(message)})");

    /// <summary>Fetches, and gives type, status and the begin of the body, or <c>failed TypeError</c>.</summary>
    public Task<string> FetchAsync(string url, string options = "{}") => RunAsync($"{Fetch}({Text(url)}, {options})");

    /// <summary>What the page shows.</summary>
    public Task<string> TextAsync() => RunAsync("document.body.innerText");

    /// <summary>Goes to an address, and gives the status of its document.</summary>
    public async Task<int> GoAsync(string url)
    {
        var status = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var loaded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        tools.Happened += Look;
        try
        {
            var gone = await tools.AskAsync("Page.navigate", new JsonObject { ["url"] = url }, session);
            Assert.Null(gone["errorText"]?.GetValue<string>());
            await loaded.Task.WaitAsync(WireClient.Deadline);
            return await status.Task.WaitAsync(WireClient.Deadline);
        }
        finally
        {
            tools.Happened -= Look;
        }

        void Look(string? tab, string name, JsonNode parameters)
        {
            if (tab != session)
            {
                return;
            }

            if (name == "Network.responseReceived" && parameters["type"]!.GetValue<string>() == "Document")
            {
                status.TrySetResult(parameters["response"]!["status"]!.GetValue<int>());
            }
            else if (name == "Page.loadEventFired" && status.Task.IsCompleted)
            {
                loaded.TrySetResult();
            }
        }
    }

    public async ValueTask DisposeAsync() => await tools.AskAsync("Target.disposeBrowserContext", new JsonObject { ["browserContextId"] = context });

    private static string Text(string value) => "\"" + JsonEncodedText.Encode(value) + "\"";

    private async Task<string> RunAsync(string script)
    {
        var answer = await tools.AskAsync("Runtime.evaluate", new JsonObject { ["expression"] = script, ["awaitPromise"] = true, ["returnByValue"] = true }, session);
        return answer["exceptionDetails"] is { } failure
            ? throw new InvalidOperationException($"the script failed: {failure.ToJsonString()}")
            : answer["result"]!["value"]!.GetValue<string>();
    }
}
