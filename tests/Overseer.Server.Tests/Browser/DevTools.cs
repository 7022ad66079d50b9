// Chromium's own protocol (https://chromedevtools.github.io/devtools-protocol/), as far as these tests need it. Playwright would do the same through a second program in
// another language, and needs JSON by reflection, which is switched off in this process so that nobody in the product uses it.

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Browser;

/// <summary>A connection to a browser: commands with answers, and events of its tabs.</summary>
internal sealed class DevTools : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> _waiting = [];
    private readonly SemaphoreSlim _sending = new(1);
    private Task _receiving = Task.CompletedTask;
    private int _ids;

    /// <summary>Told of every event: its tab (session), name and parameters.</summary>
    public Action<string?, string, JsonNode>? Happened { get; set; }

    /// <summary>Connects to the address that a browser says at its start.</summary>
    public static async Task<DevTools> ConnectAsync(Process browser)
    {
        const string Announcement = "DevTools listening on ";
        while (await browser.StandardError.ReadLineAsync().WaitAsync(WireClient.Deadline) is { } line)
        {
            if (line.StartsWith(Announcement, StringComparison.Ordinal))
            {
                var tools = new DevTools();
                using var deadline = new CancellationTokenSource(WireClient.Deadline);
                await tools._socket.ConnectAsync(new Uri(line[Announcement.Length..]), deadline.Token);
                tools._receiving = tools.ReceiveAsync();
                return tools;
            }
        }

        throw new InvalidOperationException("the browser has ended before it was ready");
    }

    /// <summary>Sends a command and gives its result.</summary>
    public async Task<JsonNode> AskAsync(string method, JsonObject parameters, string? session = null)
    {
        var id = Interlocked.Increment(ref _ids);
        var answer = _waiting.GetOrAdd(id, _ => new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously));
        var message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters };
        if (session is not null)
        {
            message["sessionId"] = session;
        }

        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
        finally
        {
            _sending.Release();
        }

        var result = await answer.Task.WaitAsync(WireClient.Deadline);
        return result["error"] is { } error ? throw new InvalidOperationException($"{method}: {error.ToJsonString()}") : result["result"]!;
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _receiving;
        _socket.Dispose();
        _sending.Dispose();
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[64 * 1024];
        using var message = new MemoryStream();
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                message.Write(buffer, 0, received.Count);
                if (received.EndOfMessage && received.MessageType == WebSocketMessageType.Text)
                {
                    Handle(JsonNode.Parse(message.ToArray())!);
                    message.SetLength(0);
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            foreach (var waiting in _waiting.Values)
            {
                waiting.TrySetException(new InvalidOperationException("the browser has left"));
            }
        }
    }

    private void Handle(JsonNode message)
    {
        if (message["id"] is { } id)
        {
            if (_waiting.TryRemove(id.GetValue<int>(), out var waiting))
            {
                waiting.TrySetResult(message);
            }

            return;
        }

        Happened?.Invoke(message["sessionId"]?.GetValue<string>(), message["method"]!.GetValue<string>(), message["params"]!);
    }
}
