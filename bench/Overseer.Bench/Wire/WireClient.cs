using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Overseer.Bench;

/// <summary>A WebSocket client over a raw socket. One thread.</summary>
internal sealed class WireClient : IDisposable
{
    private readonly Socket _socket;
    private readonly Queue<JsonElement> _messages = new();

    /// <summary>Takes over a connected socket; nothing of HTTP is left in it.</summary>
    internal WireClient(Socket socket, bool ofHub = false)
    {
        _socket = socket;
        Walker = ofHub ? new FrameWalker { Counted = "{\"seq\":"u8.ToArray() } : new FrameWalker();
        _socket.NoDelay = true;
        Walker.OnMessage = Keep;
        Walker.OnPing = payload => SendFrame(0x8A, payload);
    }

    internal FrameWalker Walker { get; }

    internal int Descriptor => (int)_socket.Handle;

    /// <summary>How many <c>exited</c> have come.</summary>
    internal int Exits { get; private set; }

    internal bool Ended => Walker.CloseCode is not null;

    internal static WireClient Connect(IPEndPoint server) => Connect(server, "/ws", ofHub: false);

    /// <summary>Connects to the hub.</summary>
    internal static WireClient ConnectToHub(IPEndPoint server) => Connect(server, "/hub", ofHub: true);

    private static WireClient Connect(IPEndPoint server, string path, bool ofHub)
    {
        var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(server);
            socket.Send(Encoding.ASCII.GetBytes(
                $"GET {path} HTTP/1.1\r\nHost: {server}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
                $"Sec-WebSocket-Key: {Convert.ToBase64String(Guid.NewGuid().ToByteArray())}\r\nSec-WebSocket-Version: 13\r\n\r\n"));
            // The server says nothing before it is asked, so that the answer ends where the headers end.
            var answer = new byte[4096];
            var filled = 0;
            while (!answer.AsSpan(0, filled).EndsWith("\r\n\r\n"u8))
            {
                var read = socket.Receive(answer.AsSpan(filled));
                if (read == 0)
                    throw new IOException("the server closed the connection before it answered");
                filled += read;
            }
            if (!answer.AsSpan(0, filled).StartsWith("HTTP/1.1 101 "u8))
                throw new IOException("not upgraded: " + Encoding.UTF8.GetString(answer, 0, filled));
            return new WireClient(socket, ofHub);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Subscribes from a line on.</summary>
    internal void Subscribe(string id, string task, long from) =>
        SendFrame(0x81, Encoding.UTF8.GetBytes($$"""{"type":"subscribe","id":"{{id}}","task_id":"{{task}}","from_seq":{{from}}}"""));

    /// <summary>Sends one request; the values of <paramref name="parameters"/> are its <c>params</c>.</summary>
    internal void Send(string type, string id, string? task = null, string? action = null, params ReadOnlySpan<(string Name, string Value)> parameters)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            json.WriteString("id", id);
            if (task is not null)
                json.WriteString("task_id", task);
            if (action is not null)
                json.WriteString("action", action);
            if (parameters.Length > 0)
            {
                json.WriteStartObject("params");
                foreach (var (name, value) in parameters)
                    json.WriteString(name, value);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        SendFrame(0x81, text.GetBuffer().AsSpan(0, (int)text.Length));
    }

    /// <summary>Sends one request as it is written.</summary>
    internal void SendJson(string json) => SendFrame(0x81, Encoding.UTF8.GetBytes(json));

    /// <summary>Sends finished frames.</summary>
    internal void SendFrames(ReadOnlySpan<byte> frames)
    {
        while (!frames.IsEmpty)
            frames = frames[_socket.Send(frames)..];
    }

    /// <summary>Reads what is there; the walker hands it on. Blocks when nothing is.</summary>
    internal void Receive()
    {
        var read = _socket.Receive(Walker.Space, SocketFlags.None, out var error);
        if (error != SocketError.Success || read == 0)
            Walker.EndOfStream();
        else
            Walker.Advance(read);
    }

    /// <summary>The next kept message of a type; others before it are dropped, an <c>error</c> ends the benchmark.</summary>
    internal JsonElement Await(string type, TimeSpan? timeout = null)
    {
        var begin = Stopwatch.GetTimestamp();
        var limit = timeout ?? TimeSpan.FromSeconds(30);
        Span<Interop.PollEntry> entry = [new() { File = Descriptor, Wanted = Interop.Readable }];
        while (true)
        {
            while (_messages.TryDequeue(out var message))
            {
                var found = message.GetProperty("type").GetString();
                if (found == type)
                    return message;
                if (found == "error")
                    throw new InvalidOperationException("the server refused: " + message.GetRawText());
            }
            if (Ended)
                throw new IOException($"the connection was closed with code {Walker.CloseCode} while waiting for `{type}`");
            var left = limit - Stopwatch.GetElapsedTime(begin);
            if (left <= TimeSpan.Zero)
                throw new TimeoutException($"no `{type}` within {limit.TotalSeconds} s");
            if (Interop.Poll(entry, (int)left.TotalMilliseconds + 1) > 0)
                Receive();
        }
    }

    public void Dispose() => _socket.Dispose();

    private void Keep(ReadOnlySpan<byte> payload)
    {
        var reader = new Utf8JsonReader(payload);
        var message = JsonElement.ParseValue(ref reader);
        if (message.GetProperty("type").ValueEquals("exited"))
            Exits++;
        _messages.Enqueue(message);
    }

    private void SendFrame(byte first, ReadOnlySpan<byte> payload)
    {
        // Masked with zeros: what the protocol asks for, and nothing to compute.
        var frame = new byte[14 + payload.Length];
        frame[0] = first;
        int at;
        if (payload.Length < 126)
        {
            frame[1] = (byte)(0x80 | payload.Length);
            at = 2;
        }
        else
        {
            frame[1] = 0x80 | 126;
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), checked((ushort)payload.Length));
            at = 4;
        }
        payload.CopyTo(frame.AsSpan(at + 4));
        _socket.Send(frame.AsSpan(0, at + 4 + payload.Length));
    }
}
