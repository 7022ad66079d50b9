// Unary calls over HTTP/2 without TLS, one after the other, on the caller's thread.
//
// A program that asks one question and ends spends most of its time on loading what it calls, and of all that the framework has, its HTTP/2 client loads most. So this is plain
// blocking code that speaks only what a call takes (RFC 9113; gRPC over HTTP2): it asks for no dynamic header table, takes no pushes, and opens all windows for what
// it receives wide at the start, so that it never has to open them again. For what it sends it keeps to the windows of the peer.

using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Overseer.Protocols.Grpc.Http2;

namespace Overseer.Protocols.Grpc;

/// <summary>A connection for unary calls. Not thread-safe. After <see cref="GrpcCode.Unavailable"/> it is of no more use.</summary>
internal sealed class GrpcConnection
{
    private const int DefaultWindow = 65_535;
    private const ushort HeaderTableSize = 1;
    private const ushort EnablePush = 2;
    private const ushort InitialWindowSize = 4;
    private const int CancelError = 8;

    private readonly Stream _stream;
    private readonly FrameStream _frames;
    private readonly TimeProvider _clock;
    private readonly string _authority;
    private int _lastStream = -1;
    private int _streamWindow = DefaultWindow; // of each new stream, as the peer set it
    private long _connectionWindow = DefaultWindow;

    /// <summary>Greets the peer at the other end of a stream, which stays the caller's. Where the stream can time out, calls do.</summary>
    public GrpcConnection(Stream stream, TimeProvider clock, string authority = "localhost")
    {
        _stream = stream;
        _frames = new FrameStream(stream);
        _clock = clock;
        _authority = authority;
        _frames.Write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8);
        _frames.Write(FrameKind.Settings, FrameFlags.None, 0, [.. Setting(HeaderTableSize, 0), .. Setting(EnablePush, 0), .. Setting(InitialWindowSize, int.MaxValue)]);
        _frames.Write(FrameKind.Window, FrameFlags.None, 0, Number(int.MaxValue - DefaultWindow));
    }

    /// <summary>Makes a call.</summary>
    /// <param name="path"><c>/package.Service/Method</c>.</param>
    /// <param name="message">The request.</param>
    /// <param name="timeout">The time for all of it; the peer is told.</param>
    /// <returns>The answer. A peer that does not answer in time gives <see cref="GrpcCode.DeadlineExceeded"/>, one that is gone <see cref="GrpcCode.Unavailable"/>.</returns>
    public GrpcReply Call(string path, ReadOnlySpan<byte> message, TimeSpan timeout)
    {
        int id = _lastStream += 2;
        var answer = new GrpcAnswer();
        long begin = _clock.GetTimestamp();
        try
        {
            _frames.Write(FrameKind.Headers, FrameFlags.EndHeaders, id, HeaderWriter.Write(
                (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", _authority), ("te", "trailers"),
                ("content-type", "application/grpc"), ("grpc-timeout", GrpcTimeout.Format(timeout)), ("user-agent", "overseer")));
            Send(id, message, answer, Left);
            while (!answer.Ended)
                Take(Next(Left), id, answer);
            return answer.ToReply();
        }
        catch (TimeoutException)
        {
            Abandon(id);
            return new GrpcReply(GrpcStatus.DeadlineExceeded, []);
        }
        catch (FormatException failure)
        {
            return Unavailable(failure.Message);
        }
        catch (EndOfStreamException)
        {
            return Unavailable("the server closed the connection");
        }
        catch (IOException failure)
        {
            return Unavailable(failure.Message);
        }

        TimeSpan Left() => timeout - _clock.GetElapsedTime(begin);
    }

    private static GrpcReply Unavailable(string message) => new(new GrpcStatus(GrpcCode.Unavailable, "connection error: " + message), []);

    private static byte[] Setting(ushort name, int value)
    {
        byte[] setting = new byte[6];
        BinaryPrimitives.WriteUInt16BigEndian(setting, name);
        BinaryPrimitives.WriteInt32BigEndian(setting.AsSpan(2), value);
        return setting;
    }

    private static byte[] Number(int value)
    {
        byte[] number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, value);
        return number;
    }

    /// <summary>Sends the request's body, in as many frames as it takes, waiting where the peer's windows are full.</summary>
    private void Send(int id, ReadOnlySpan<byte> message, GrpcAnswer answer, Func<TimeSpan> left)
    {
        byte[] body = new byte[GrpcFrame.PrefixBytes + message.Length];
        GrpcFrame.WritePrefix(body, message.Length);
        message.CopyTo(body.AsSpan(GrpcFrame.PrefixBytes));
        answer.SendWindow = _streamWindow;
        for (int sent = 0; sent < body.Length;)
        {
            int room = (int)Math.Min(Math.Min(_connectionWindow, answer.SendWindow), Http2Frame.MaxPayloadBytes);
            if (room <= 0)
            {
                Take(Next(left), id, answer);
                if (answer.Ended)
                    return; // refused before it was all sent
                continue;
            }
            int length = Math.Min(room, body.Length - sent);
            _frames.Write(FrameKind.Data, sent + length == body.Length ? FrameFlags.EndStream : FrameFlags.None, id, body.AsSpan(sent, length));
            sent += length;
            _connectionWindow -= length;
            answer.SendWindow -= length;
        }
    }

    private Http2Frame Next(Func<TimeSpan> left)
    {
        try
        {
            Limit(left());
            _frames.Flush();
            Limit(left());
            return _frames.Read();
        }
        catch (IOException failure) when (failure.InnerException is System.Net.Sockets.SocketException { SocketErrorCode: System.Net.Sockets.SocketError.TimedOut or System.Net.Sockets.SocketError.WouldBlock })
        {
            throw new TimeoutException("the peer did not answer in time", failure);
        }
    }

    private void Limit(TimeSpan left)
    {
        if (left <= TimeSpan.Zero)
            throw new TimeoutException("the peer did not answer in time");
        if (_stream.CanTimeout)
            _stream.ReadTimeout = _stream.WriteTimeout = (int)Math.Clamp(Math.Ceiling(left.TotalMilliseconds), 1, int.MaxValue);
    }

    private void Take(Http2Frame frame, int id, GrpcAnswer answer)
    {
        switch (frame.Kind)
        {
            case FrameKind.Settings when !frame.Has(FrameFlags.EndStream):
                Settings(frame.Payload, answer);
                _frames.Write(FrameKind.Settings, FrameFlags.EndStream, 0, []);
                break;
            case FrameKind.Ping when !frame.Has(FrameFlags.EndStream):
                _frames.Write(FrameKind.Ping, FrameFlags.EndStream, 0, frame.Payload);
                break;
            case FrameKind.Window when frame.Payload.Length == 4:
                int more = BinaryPrimitives.ReadInt32BigEndian(frame.Payload) & int.MaxValue;
                if (frame.Stream == 0)
                    _connectionWindow += more;
                else if (frame.Stream == id)
                    answer.SendWindow += more;
                break;
            case FrameKind.GoAway when frame.Payload.Length >= 8 && (BinaryPrimitives.ReadInt32BigEndian(frame.Payload) & int.MaxValue) < id:
                throw new FormatException("the server ends: " + Encoding.UTF8.GetString(frame.Payload.AsSpan(8)));
            case FrameKind.Data or FrameKind.Headers or FrameKind.Continuation or FrameKind.Reset when frame.Stream == id:
                answer.Take(frame);
                break;
            default:
                break; // of calls that were abandoned, or of no interest here
        }
    }

    private void Settings(ReadOnlySpan<byte> settings, GrpcAnswer answer)
    {
        for (; settings.Length >= 6; settings = settings[6..])
        {
            if (BinaryPrimitives.ReadUInt16BigEndian(settings) != InitialWindowSize)
                continue;
            int window = BinaryPrimitives.ReadInt32BigEndian(settings[2..]);
            answer.SendWindow += window - _streamWindow;
            _streamWindow = window;
        }
    }

    /// <summary>Lets the peer know that nobody waits any more; as far as that goes.</summary>
    private void Abandon(int id)
    {
        try
        {
            _frames.Write(FrameKind.Reset, FrameFlags.None, id, Number(CancelError));
            Limit(TimeSpan.FromMilliseconds(100));
            _frames.Flush();
        }
        catch (IOException)
        {
            // it does not read
        }
    }
}
