using Microsoft.Playwright;

namespace Overseer.Server.Tests.Browser;

/// <summary>A page, and what its scripts can do.</summary>
internal sealed class BrowserPage(IBrowserContext context, IPage page, IResponse answer) : IAsyncDisposable
{
    // Resolves with the first message that a request is answered with, or with why there was none.
    private const string Converse = """
        ([url, protocols, message]) => new Promise(done => {
            const socket = protocols.length ? new WebSocket(url, protocols) : new WebSocket(url);
            socket.onopen = () => socket.send(message);
            socket.onmessage = event => { done(event.data); socket.close(); };
            socket.onclose = event => done('closed ' + event.code);
        })
        """;

    private const string Fetch = """
        async ([url, options]) => {
            try {
                const answer = await fetch(url, JSON.parse(options));
                return answer.type + ' ' + answer.status + ' ' + (await answer.text()).slice(0, 200);
            } catch (failure) {
                return 'failed ' + failure.name;
            }
        }
        """;

    /// <summary>The status of the page itself.</summary>
    public int Status => answer.Status;

    /// <summary>Connects, sends a message, and gives the first one back, or <c>closed 1006</c>.</summary>
    public Task<string> ConverseAsync(string url, string message = """{"type":"list","id":"1"}""", params string[] protocols) =>
        page.EvaluateAsync<string>(Converse, new object[] { url, protocols, message });

    /// <summary>Fetches, and gives type, status and the begin of the body, or <c>failed TypeError</c>.</summary>
    public Task<string> FetchAsync(string url, string options = "{}") => page.EvaluateAsync<string>(Fetch, new object[] { url, options });

    /// <summary>What the page shows.</summary>
    public Task<string> TextAsync() => page.EvaluateAsync<string>("() => document.body.innerText");

    /// <summary>Goes elsewhere with the same tab, and gives the status.</summary>
    public async Task<int> GoAsync(string url) => (await page.GotoAsync(url))!.Status;

    public async ValueTask DisposeAsync() => await context.DisposeAsync();
}
