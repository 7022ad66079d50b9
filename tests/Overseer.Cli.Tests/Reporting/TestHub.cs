using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace Overseer.Cli.Tests.Reporting;

/// <summary>
/// A small hub for one container: keeps what is delivered, drops what it has already, answers signs of life with how far it is, and breaks connections when it is told to.
/// </summary>
internal sealed class TestHub : IAsyncDisposable
{
    internal static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private const string Magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Channel<JsonElement> _kept = Channel.CreateUnbounded<JsonElement>();
    private readonly Dictionary<string, long> _last = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly List<Task> _connections = [];
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;
    private WebSocket? _current;

    internal TestHub()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Address = $"127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}";
        _accepting = Task.Run(AcceptAsync);
    }

    internal string Address { get; }

    /// <summary>After how many messages to break a connection; null for never. The message itself is kept or not, as the second value says.</summary>
    internal Func<(int After, bool Keep)?> Break { get; init; } = () => null;

    /// <summary>Whether to answer signs of life as a hub that knows of no deliveries.</summary>
    internal bool IsPlain { get; init; }

    /// <summary>Above how many bytes a message closes the connection.</summary>
    internal int MaxBytes { get; init; } = 256 * 1024;

    /// <summary>How many messages to refuse, with that code, after so many were kept.</summary>
    internal (int Count, string Code, int After) Refuse { get; set; }

    /// <summary>The heads of all requests.</summary>
    internal List<string> Heads { get; } = [];

    /// <summary>Every message as it came, kept or not.</summary>
    internal List<string> Texts { get; } = [];

    /// <summary>How many connections there were.</summary>
    internal int Connections { get; private set; }

    /// <summary>The next message that is kept.</summary>
    internal async Task<JsonElement> NextAsync() => await _kept.Reader.ReadAsync().AsTask().WaitAsync(Deadline);

    /// <summary>Messages up to the first of a type, that one included.</summary>
    internal async Task<List<JsonElement>> UntilAsync(string type)
    {
        var messages = new List<JsonElement>();
        do
            messages.Add(await NextAsync());
        while (messages[^1].GetProperty("type").GetString() != type);
        return messages;
    }

    internal async Task SendAsync(string message)
        => await _current!.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, true, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting.WaitAsync(Deadline);
        await Task.WhenAll(_connections).WaitAsync(Deadline);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket socket = await _listener.AcceptAsync(_end.Token);
                Connections++;
                _connections.Add(Task.Run(() => ServeAsync(socket)));
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // the end
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            await UpgradeAsync(stream);
            using WebSocket connection = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = TimeSpan.Zero });
            _current = connection;
            (int After, bool Keep)? end = Break();
            byte[] buffer = new byte[1 << 20];
            for (int count = 1; await ReceiveAsync(connection, buffer) is { } text; count++)
            {
                if (end is { After: var after, Keep: var keep } && count >= after)
                {
                    if (keep)
                        await TakeAsync(null, text);
                    socket.LingerState = new LingerOption(true, 0); // reset: what is on its way is lost
                    return;
                }
                await TakeAsync(connection, text);
            }
        }
        catch (Exception failure) when (failure is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // gone
        }
    }

    private async Task UpgradeAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, _end.Token) > 0)
            head.Append((char)one[0]);
        lock (_gate)
            Heads.Add(head.ToString());
        string key = head.ToString().Split("\r\n").Single(line => line.StartsWith("Sec-WebSocket-Key:", StringComparison.Ordinal))[18..].Trim();
#pragma warning disable CA5350 // RFC 6455 wants SHA-1.
        string accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + Magic)));
#pragma warning restore CA5350
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"), _end.Token);
    }

    private async Task<string?> ReceiveAsync(WebSocket connection, byte[] buffer)
    {
        int length = 0;
        while (true)
        {
            ValueWebSocketReceiveResult result = await connection.ReceiveAsync(buffer.AsMemory(length), _end.Token);
            if (result.MessageType == WebSocketMessageType.Close)
                return null;
            length += result.Count;
            if (length > MaxBytes)
            {
                await connection.CloseOutputAsync(WebSocketCloseStatus.MessageTooBig, null, _end.Token);
                return null;
            }
            if (result.EndOfMessage)
                return Encoding.UTF8.GetString(buffer, 0, length);
        }
    }

    private async Task TakeAsync(WebSocket? connection, string text)
    {
        JsonElement message = JsonDocument.Parse(text).RootElement;
        string answer;
        lock (_gate)
        {
            Texts.Add(text);
            if (message.TryGetProperty("delivery", out JsonElement delivery))
            {
                string id = delivery.GetProperty("id").GetString()!;
                long number = delivery.GetProperty("n").GetInt64();
                if (Refuse is { Count: > 0, Code: var code, After: var after } && number > after)
                {
                    Refuse = (Refuse.Count - 1, code, after);
                    answer = $$$"""{"type":"error","timestamp":"2026-01-31T12:00:00Z","data":{"error":"no","code":"{{{code}}}"}}""";
                }
                else
                {
                    if (number > _last.GetValueOrDefault(id))
                    {
                        _last[id] = number;
                        _kept.Writer.TryWrite(message);
                    }
                    return;
                }
            }
            else
            {
                string asked = message.GetProperty("data").GetProperty("delivery").GetProperty("id").GetString()!;
                string far = IsPlain ? "" : $$""","delivery":{"id":"{{asked}}","n":{{_last.GetValueOrDefault(asked)}}}""";
                answer = $$$"""{"type":"heartbeat","timestamp":"2026-01-31T12:00:00Z","data":{"timestamp":"2026-01-31T12:00:00Z"{{{far}}}}}""";
            }
        }
        if (connection is not null)
            await connection.SendAsync(Encoding.UTF8.GetBytes(answer), WebSocketMessageType.Text, true, _end.Token);
    }
}
