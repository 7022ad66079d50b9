// Requests over a UNIX socket, one after the other, on the caller's thread.
//
// A program that asks one question and ends spends most of its time on loading and compiling what it calls: the state machines, thread pool and socket engine that
// OverseerClient and the framework's WebSocket need take three times as long as the question. So this is plain blocking code, and speaks only what it takes: text messages,
// pings and the end (RFC 6455, 5). Whatever else is the case (TCP, TLS, no server, a refusal) is left to OverseerClient, which can explain it.

using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Overseer.Protocols.Schema;
using Overseer.Protocols.V2;

namespace Overseer.Client;

/// <summary>A connection for a few requests, without events and without a second life. Not thread-safe.</summary>
internal sealed class RequestSocket : IDisposable
{
    private const int FirstBufferBytes = 16 * 1024;
    private const int MaxHeadBytes = 16 * 1024;
    private const int MaskBytes = 4;
    private const byte Final = 0x80;

    private readonly Socket _socket;
    private readonly int _maxMessageBytes;
    private readonly ArrayBufferWriter<byte> _outgoing = new(256);
    private byte[] _received = new byte[FirstBufferBytes];
    private int _begin;
    private int _end;
    private int _lastId;

    private RequestSocket(Socket socket, int maxMessageBytes)
    {
        _socket = socket;
        _maxMessageBytes = maxMessageBytes;
    }

    private enum Opcode
    {
        Continuation = 0,
        Text = 1,
        Binary = 2,
        Close = 8,
        Ping = 9,
        Pong = 10,
    }

    /// <summary>Connects; null when that is not possible in this way.</summary>
    internal static RequestSocket? TryOpen(OverseerEndpoint endpoint, OverseerClientOptions options)
    {
        // A socket that is not there costs a question here and an exception below, which is a hundred times as much.
        if (endpoint.SocketPath is not { Length: <= 107 } path || !File.Exists(path))
            return null;
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var opened = new RequestSocket(socket, options.MaxMessageBytes);
        try
        {
            socket.ReceiveTimeout = socket.SendTimeout = (int)Math.Min(options.ConnectTimeout.TotalMilliseconds, int.MaxValue);
            socket.Connect(new UnixDomainSocketEndPoint(path));
            if (opened.TryUpgrade(endpoint, options.Token))
            {
                socket.ReceiveTimeout = socket.SendTimeout = (int)Math.Min(options.RequestTimeout.TotalMilliseconds, int.MaxValue);
                return opened;
            }
        }
        catch (Exception failure) when (failure is SocketException or ArgumentException)
        {
            // somebody else will find it, and say it
        }
        socket.Dispose();
        return null;
    }

    /// <summary>Sends a request and waits for its answer.</summary>
    /// <param name="message">The request; its id is set here.</param>
    /// <param name="answers">What may come as its answer, beside <c>error</c>: everything else is passed over, and not even known.</param>
    /// <exception cref="OverseerRequestException">The server refused it.</exception>
    /// <exception cref="OverseerConnectionLostException">It is not known whether it was carried out.</exception>
    /// <exception cref="TimeoutException">The answer did not come in time.</exception>
    internal ServerMessage Ask(ClientMessage message, MessageDefinition<ServerMessage>[] answers)
    {
        ClientMessage request = message with { Id = (++_lastId).ToString(CultureInfo.InvariantCulture) };
        try
        {
            _outgoing.ResetWrittenCount();
            ClientMessageWriter.Write(_outgoing, request);
            Send(Opcode.Text, _outgoing.WrittenSpan);
            while (true)
            {
                ServerMessageResult result = ServerMessageReader.Read(Receive(), type => type == ErrorMessage.Schema.Name ? ErrorMessage.Schema : Array.Find(answers, one => one.Name == type));
                if (result.Error is { } error)
                    throw new OverseerConnectionLostException($"the server sent something that is no message ({error})");
                if (result.Message is ErrorMessage refusal && refusal.Id == request.Id)
                    throw new OverseerRequestException(refusal.Message, refusal.ExistingTaskId);
                if (result.Message is { } answer && PendingRequests.IdOf(answer) == request.Id)
                    return answer;
            }
        }
        catch (SocketException failure) when (failure.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            throw new TimeoutException("the server did not answer in time", failure);
        }
        catch (SocketException failure)
        {
            throw new OverseerConnectionLostException("the connection to the server broke; it is not known whether the request was carried out", failure);
        }
    }

    public void Dispose() => _socket.Dispose();

    // The key is there so that a cache in between does not answer in the server's place, and its echo proves no more than that. There is nothing between us and a socket of this machine.
    private bool TryUpgrade(OverseerEndpoint endpoint, string? token)
    {
        Span<byte> random = stackalloc byte[16];
        Random(random);
        SendAll(Encoding.ASCII.GetBytes(WebSocketHandshake.RequestOf(endpoint, Convert.ToBase64String(random), token)));
        int length;
        while ((length = _received.AsSpan(0, _end).IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (_end >= MaxHeadBytes || !TryFill())
                return false;
        }
        _begin = length + 4;
        return _received.AsSpan(0, length).StartsWith("HTTP/1.1 101 "u8);
    }

    /// <summary>The next message; valid until the next call.</summary>
    private ReadOnlyMemory<byte> Receive()
    {
        byte[]? gathered = null; // of a message in several frames
        while (true)
        {
            (Opcode opcode, bool final, int length) = ReceiveHeader();
            Need(length);
            Memory<byte> payload = _received.AsMemory(_begin, length);
            _begin += length;
            switch (opcode)
            {
                case Opcode.Text or Opcode.Binary or Opcode.Continuation:
                    if (final && gathered is null)
                        return payload;
                    gathered = [.. gathered ?? [], .. payload.Span];
                    if (gathered.Length > _maxMessageBytes)
                        throw TooLarge();
                    if (final)
                        return gathered;
                    break;
                case Opcode.Ping:
                    Send(Opcode.Pong, payload.Span);
                    break;
                case Opcode.Close:
                    throw new OverseerConnectionLostException("the server closed the connection; it is not known whether the request was carried out");
                default:
                    break;
            }
        }
    }

    private (Opcode Opcode, bool Final, int Length) ReceiveHeader()
    {
        Need(2);
        byte first = _received[_begin];
        long length = _received[_begin + 1];
        _begin += 2;
        if (length == 126)
        {
            Need(2);
            length = BinaryPrimitives.ReadUInt16BigEndian(_received.AsSpan(_begin));
            _begin += 2;
        }
        else if (length == 127)
        {
            Need(8);
            length = BinaryPrimitives.ReadInt64BigEndian(_received.AsSpan(_begin));
            _begin += 8;
        }
        return length < 0 || length > _maxMessageBytes ? throw TooLarge() : ((Opcode)(first & 0x0f), (first & Final) != 0, (int)length);
    }

    private OverseerConnectionLostException TooLarge() => new($"the server sent a message above {_maxMessageBytes} bytes");

    /// <summary>Waits until so many bytes are there.</summary>
    private void Need(int count)
    {
        if (_begin + count > _received.Length)
        {
            byte[] roomy = count > _received.Length ? new byte[Math.Max(count, _received.Length * 2)] : _received;
            _received.AsSpan(_begin, _end - _begin).CopyTo(roomy);
            _received = roomy;
            _end -= _begin;
            _begin = 0;
        }
        while (_end - _begin < count)
        {
            if (!TryFill())
                throw new OverseerConnectionLostException("the server closed the connection; it is not known whether the request was carried out");
        }
    }

    private bool TryFill()
    {
        int count = _socket.Receive(_received, _end, _received.Length - _end, SocketFlags.None);
        _end += count;
        return count > 0;
    }

    /// <summary>Sends one frame, masked as a client has to.</summary>
    private void Send(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        byte[] frame = new byte[14 + payload.Length];
        int at = 2;
        frame[0] = (byte)(Final | (int)opcode);
        switch (payload.Length)
        {
            case < 126:
                frame[1] = (byte)(Final | payload.Length);
                break;
            case <= ushort.MaxValue:
                frame[1] = Final | 126;
                BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(at), (ushort)payload.Length);
                at += 2;
                break;
            default:
                frame[1] = Final | 127;
                BinaryPrimitives.WriteInt64BigEndian(frame.AsSpan(at), payload.Length);
                at += 8;
                break;
        }
        Span<byte> mask = frame.AsSpan(at, MaskBytes);
        Random(mask);
        at += MaskBytes;
        for (int i = 0; i < payload.Length; i++)
            frame[at + i] = (byte)(payload[i] ^ mask[i % MaskBytes]);
        SendAll(frame.AsSpan(0, at + payload.Length));
    }

    private void SendAll(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[_socket.Send(bytes, SocketFlags.None)..];
    }

    // A new Guid is made of the kernel's random bytes, but for six bits; the framework's generator would load OpenSSL for them.
    private static void Random(Span<byte> bytes)
    {
        Guid random = Guid.NewGuid();
        MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref random, 1))[..bytes.Length].CopyTo(bytes);
    }
}
