using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Overseer.Server.Tests.Harness;

/// <summary>
/// A client of the v2 protocol that reads only when it is asked to: who wants a subscriber that does not read, does nothing. One reader and
/// one sender at a time.
/// </summary>
internal sealed class WireClient : IAsyncDisposable
{
    /// <summary>How long anything may take before a test fails.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private const int Remembered = 12;
    private readonly ClientWebSocket _socket = new();
    private readonly ArrayBufferWriter<byte> _message = new(16 * 1024);
    private readonly Queue<WireMessage> _last = new();
    private readonly Queue<WireMessage> _putBack = new();
    private int _ids;

    private WireClient()
    {
    }

    /// <summary>The WebSocket itself.</summary>
    public ClientWebSocket Socket => _socket;

    /// <summary>Connects over TCP or a UNIX socket.</summary>
    public static Task<WireClient> ConnectAsync(EndPoint endPoint, params (string Name, string Value)[] headers) => ConnectAsync(endPoint, "/ws", null, headers);

    /// <summary>Connects to a path, with what a query says, and offers subprotocols, with commas between them.</summary>
    public static async Task<WireClient> ConnectAsync(EndPoint endPoint, string path, string? subprotocols = null, params (string Name, string Value)[] headers)
    {
        var client = new WireClient();
        foreach (var subprotocol in subprotocols?.Split(", ") ?? [])
        {
            client._socket.Options.AddSubProtocol(subprotocol);
        }

        foreach (var (name, value) in headers)
        {
            client._socket.Options.SetRequestHeader(name, value);
        }

        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancel) =>
            {
                var socket = endPoint is UnixDomainSocketEndPoint
                    ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
                    : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(endPoint, cancel);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        using var deadline = new CancellationTokenSource(Deadline);
        var address = endPoint is IPEndPoint tcp ? $"ws://{tcp}{path}" : $"ws://localhost{path}";
        await client._socket.ConnectAsync(new Uri(address), invoker, deadline.Token);
        return client;
    }

    /// <summary>An id that this client has not used.</summary>
    public string NextId() => (++_ids).ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Sends a message as it is written.</summary>
    public async Task SendAsync(string json)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        await _socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, endOfMessage: true, deadline.Token);
    }

    /// <summary>Sends a request with a fresh id and further fields, and gives the id.</summary>
    public async Task<string> SendAsync(string type, params (string Name, JsonNode? Value)[] fields)
    {
        var id = NextId();
        var message = new JsonObject { ["type"] = type, ["id"] = id };
        foreach (var (name, value) in fields)
        {
            message[name] = value;
        }

        await SendAsync(message.ToJsonString());
        return id;
    }

    /// <summary>Sends a request and gives its direct answer; events that come before it are passed over.</summary>
    public async Task<WireMessage> AskAsync(string type, params (string Name, JsonNode? Value)[] fields)
    {
        var id = await SendAsync(type, fields);
        return await ExpectAsync($"answer to {type} {id}", message => message.Id == id);
    }

    /// <summary>Sends a request and gives its direct answer; events that come before it are read again, after it: an answer and what it brings about may come in either order.</summary>
    public async Task<WireMessage> AskBesideEventsAsync(string type, params (string Name, JsonNode? Value)[] fields)
    {
        var id = await SendAsync(type, fields);
        var messages = await UntilAsync($"answer to {type} {id}", message => message.Id == id);
        messages.SkipLast(1).ToList().ForEach(_putBack.Enqueue);
        return messages[^1];
    }

    /// <summary>Starts a task of <see cref="RunningServer.Shell"/> and waits for the answer, `started` or `error`.</summary>
    public Task<WireMessage> StartShellAsync(string taskId, string script, params (string Name, JsonNode? Value)[] fields) =>
        AskAsync("start", [("action", "sh"), ("task_id", taskId), ("params", new JsonObject { ["script"] = script }), .. fields]);

    /// <summary>The next message.</summary>
    public async Task<WireMessage> ReadAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        return await ReadAsync("any message", deadline.Token);
    }

    /// <summary>The next message as bytes, valid until the next read; for tests that count much.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadBytesAsync(CancellationToken cancel)
    {
        _message.ResetWrittenCount();
        while (true)
        {
            var received = await _socket.ReceiveAsync(_message.GetMemory(16 * 1024), cancel);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                throw new WebSocketException($"the server closed the connection: {(int?)_socket.CloseStatus} {_socket.CloseStatusDescription}");
            }

            _message.Advance(received.Count);
            if (received.EndOfMessage)
            {
                return _message.WrittenMemory;
            }
        }
    }

    /// <summary>The next message that fits; those before it are passed over.</summary>
    public async Task<WireMessage> ExpectAsync(string what, Func<WireMessage, bool> fits)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (true)
        {
            var message = await ReadAsync(what, deadline.Token);
            if (fits(message))
            {
                return message;
            }
        }
    }

    /// <summary>The next event of this type about this task; those before it are passed over.</summary>
    public Task<WireMessage> ExpectAsync(string type, string taskId) => ExpectAsync($"{type} of {taskId}", message => message.Is(type, taskId));

    /// <summary>All messages up to the next that fits, which is the last of them.</summary>
    public async Task<List<WireMessage>> UntilAsync(string what, Func<WireMessage, bool> fits)
    {
        var all = new List<WireMessage>();
        using var deadline = new CancellationTokenSource(Deadline);
        while (all.Count == 0 || !fits(all[^1]))
        {
            all.Add(await ReadAsync(what, deadline.Token));
        }

        return all;
    }

    /// <summary>All messages up to the next event of this type about this task.</summary>
    public Task<List<WireMessage>> UntilAsync(string type, string taskId) => UntilAsync($"{type} of {taskId}", message => message.Is(type, taskId));

    /// <summary>
    /// All messages that are on their way now. The server writes answers before events that are ready, so it takes two answers to be sure
    /// that those are through.
    /// </summary>
    public async Task<List<WireMessage>> DrainAsync()
    {
        var all = new List<WireMessage>();
        for (var i = 0; i < 2; i++)
        {
            var id = await SendAsync("list", ("limit", 1));
            all.AddRange(await UntilAsync("answer to a list", message => message.Id == id && message.Type == "tasks"));
            all.RemoveAt(all.Count - 1);
        }

        return all;
    }

    /// <summary>The tasks that fit a list request.</summary>
    public async Task<IReadOnlyList<WireMessage>> ListAsync(params (string Name, JsonNode? Value)[] fields)
    {
        var answer = await AskAsync("list", fields);
        Assert.Equal("tasks", answer.Type);
        return [.. answer.Json.GetProperty("tasks").EnumerateArray().Select(task => new WireMessage(task))];
    }

    /// <summary>Drops the connection.</summary>
    public ValueTask DisposeAsync()
    {
        _socket.Abort();
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<WireMessage> ReadAsync(string what, CancellationToken cancel)
    {
        if (_putBack.TryDequeue(out var before))
        {
            return before;
        }

        try
        {
            var bytes = await ReadBytesAsync(cancel);
            using var document = JsonDocument.Parse(bytes);
            var message = new WireMessage(document.RootElement.Clone());
            _last.Enqueue(message);
            if (_last.Count > Remembered)
            {
                _last.Dequeue();
            }

            return message;
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            throw new TimeoutException($"waited for {what}: {e.Message}\nthe last messages were:\n{string.Join('\n', _last)}", e);
        }
    }
}
