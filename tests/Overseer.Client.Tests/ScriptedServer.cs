using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;

namespace Overseer.Client.Tests;

/// <summary>A WebSocket server on a UNIX socket that does what a test says: one script per connection, in the order they come.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    internal static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly string _directory = Directory.CreateTempSubdirectory("overseer-client-").FullName;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Func<ScriptedPeer, Task>[] _scripts;
    private readonly Task _serving;

    internal ScriptedServer(params Func<ScriptedPeer, Task>[] scripts)
    {
        _scripts = scripts;
        Endpoint = OverseerEndpoint.Unix(Path.Combine(_directory, "overseer.sock"));
        _listener.Bind(new UnixDomainSocketEndPoint(Endpoint.SocketPath!));
        _listener.Listen();
        _serving = Task.Run(ServeAsync);
    }

    internal OverseerEndpoint Endpoint { get; }

    /// <summary>Waits until every script has been played to its end; throws what went wrong in one.</summary>
    internal Task Played => _serving.WaitAsync(Deadline);

    internal Task<OverseerClient> ConnectAsync(OverseerClientOptions? options = null) => OverseerClient.ConnectAsync(Endpoint, options);

    private async Task ServeAsync()
    {
        foreach (Func<ScriptedPeer, Task> script in _scripts)
        {
            using Socket socket = await _listener.AcceptAsync();
            using var peer = new ScriptedPeer(socket);
            await script(peer);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await Task.WhenAny(_serving, Task.Delay(Deadline));
        Directory.Delete(_directory, recursive: true);
    }
}

/// <summary>One connection of a <see cref="ScriptedServer"/>.</summary>
internal sealed class ScriptedPeer(Socket socket) : IDisposable
{
    private const string Magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private readonly NetworkStream _stream = new(socket);
    private WebSocket? _socket;

    internal async Task<string> ReadHeadAsync()
    {
        var head = new StringBuilder();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await _stream.ReadAsync(one) == 0)
                break;
            head.Append((char)one[0]);
        }
        return head.ToString();
    }

    internal async Task WriteRawAsync(string text) => await _stream.WriteAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>Accepts the upgrade.</summary>
    internal async Task AcceptAsync()
    {
        string head = await ReadHeadAsync();
        string key = head.Split("\r\n").Single(line => line.StartsWith("Sec-WebSocket-Key:", StringComparison.Ordinal))[18..].Trim();
#pragma warning disable CA5350 // RFC 6455 wants SHA-1.
        string accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + Magic)));
#pragma warning restore CA5350
        await WriteRawAsync($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n");
        _socket = WebSocket.CreateFromStream(_stream, new WebSocketCreationOptions { IsServer = true });
    }

    /// <summary>The next request, checked for its type; gives its id and whole text. Null at the end of the connection when no type is expected.</summary>
    internal async Task<Request> ExpectAsync(string type)
        => await ReceiveAsync() is { } request && request.Type == type ? request : throw new InvalidOperationException($"no {type} came");

    internal async Task<Request?> ReceiveAsync()
    {
        byte[] buffer = new byte[512 * 1024];
        int length = 0;
        try
        {
            while (true)
            {
                ValueWebSocketReceiveResult result = await _socket!.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None).AsTask().WaitAsync(ScriptedServer.Deadline);
                if (result.MessageType == WebSocketMessageType.Close)
                    return null;
                length += result.Count;
                if (result.EndOfMessage)
                    return new Request(Encoding.UTF8.GetString(buffer, 0, length));
            }
        }
        catch (WebSocketException)
        {
            return null;
        }
    }

    internal async Task SendAsync(params IEnumerable<string> messages)
    {
        foreach (string message in messages)
            await _socket!.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, true, CancellationToken.None);
    }

    internal async Task SendInPiecesAsync(string message)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(message);
        for (int i = 0; i < bytes.Length; i++)
            await _socket!.SendAsync(bytes.AsMemory(i, 1), WebSocketMessageType.Text, i == bytes.Length - 1, CancellationToken.None);
    }

    /// <summary>Sends a ping and waits for its pong; nothing else may be on its way (RFC 6455, 5.5).</summary>
    internal async Task PingAsync(string text)
    {
        byte[] payload = Encoding.ASCII.GetBytes(text);
        await _stream.WriteAsync((byte[])[0x89, (byte)payload.Length, .. payload]);
        byte[] pong = new byte[6 + payload.Length];
        await _stream.ReadExactlyAsync(pong).AsTask().WaitAsync(ScriptedServer.Deadline);
        if (pong[0] != 0x8a || pong[1] != (0x80 | payload.Length) || !pong[6..].Select((one, i) => (byte)(one ^ pong[2 + (i % 4)])).SequenceEqual(payload))
            throw new InvalidOperationException("no pong came");
    }

    /// <summary>Stays until the client goes.</summary>
    internal async Task UntilGoneAsync()
    {
        while (await ReceiveAsync() is not null)
        {
        }
    }

    public void Dispose()
    {
        _socket?.Dispose();
        _stream.Dispose();
    }
}

internal sealed class Request(string text)
{
    private readonly System.Text.Json.JsonElement _root = System.Text.Json.JsonDocument.Parse(text).RootElement;

    internal string Text => text;

    internal string Type => _root.GetProperty("type").GetString()!;

    internal string Id => _root.GetProperty("id").GetString()!;

    internal string? TextOf(string name) => _root.TryGetProperty(name, out var value) ? value.ToString() : null;
}
