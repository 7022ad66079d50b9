using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Overseer.Protocols.Grpc.Http2;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Goproc;

/// <summary>HTTP/2 frame by frame.</summary>
internal sealed class RawHttp2 : IDisposable
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly FrameStream _frames;
    private int _lastStream = -1;

    private RawHttp2(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket) { ReadTimeout = (int)WireClient.Deadline.TotalMilliseconds };
        _frames = new FrameStream(_stream);
    }

    public static RawHttp2 Connect(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        return new RawHttp2(socket);
    }

    /// <summary>Greets the server, and tells it to keep no header table.</summary>
    public RawHttp2 Greet()
    {
        _frames.Write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8);
        _frames.Write(FrameKind.Settings, FrameFlags.None, 0, [0, 1, 0, 0, 0, 0]);
        _frames.Flush();
        return this;
    }

    /// <summary>Sends bytes as they are.</summary>
    public RawHttp2 Send(ReadOnlySpan<byte> bytes)
    {
        _stream.Write(bytes);
        return this;
    }

    /// <summary>Begins a request, with headers over those of a proper call; a null value leaves one out.</summary>
    public int Begin(string path, params (string Name, string? Value)[] headers)
    {
        (string Name, string? Value)[] usual = [(":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "localhost"), ("content-type", "application/grpc"), ("te", "trailers")];
        var all = usual.Where(one => headers.All(other => other.Name != one.Name)).Concat(headers).OrderBy(one => one.Name[0] == ':' ? 0 : 1);
        var stream = _lastStream += 2;
        _frames.Write(FrameKind.Headers, FrameFlags.EndHeaders, stream, HeaderWriter.Write([.. all.Where(one => one.Value is not null).Select(one => (one.Name, one.Value!))]));
        _frames.Flush();
        return stream;
    }

    /// <summary>Sends a part of a body.</summary>
    public void Body(int stream, ReadOnlySpan<byte> bytes, bool last)
    {
        _frames.Write(FrameKind.Data, last ? FrameFlags.EndStream : FrameFlags.None, stream, bytes);
        _frames.Flush();
    }

    /// <summary>Tells the server that nobody waits for an answer.</summary>
    public void Cancel(int stream)
    {
        _frames.Write(FrameKind.Reset, FrameFlags.None, stream, [0, 0, 0, 8]);
        _frames.Flush();
    }

    /// <summary>A whole request, and the headers of its answer.</summary>
    public Dictionary<string, string> Ask(string path, byte[] body, params (string Name, string? Value)[] headers)
    {
        var stream = Begin(path, headers);
        Body(stream, body, last: true);
        return Answer(stream);
    }

    /// <summary>The headers and trailers of an answer; <c>reset</c> is the code of a reset that ended it.</summary>
    public Dictionary<string, string> Answer(int stream)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        while (true)
        {
            var frame = _frames.Read();
            if (frame.Stream != stream)
            {
                continue;
            }

            if (frame.Kind == FrameKind.Reset)
            {
                fields["reset"] = BinaryPrimitives.ReadUInt32BigEndian(frame.Payload).ToString(System.Globalization.CultureInfo.InvariantCulture);
                return fields;
            }

            if (frame.Kind == FrameKind.Headers)
            {
                foreach (var field in HeaderReader.Read(frame.Content))
                {
                    fields[field.Name] = Encoding.UTF8.GetString(field.Value);
                }
            }

            if (frame.Has(FrameFlags.EndStream))
            {
                return fields;
            }
        }
    }

    /// <summary>Everything until the server closes.</summary>
    public string Rest()
    {
        using var rest = new MemoryStream();
        _stream.CopyTo(rest);
        return Encoding.Latin1.GetString(rest.ToArray());
    }

    public void Dispose() => _socket.Dispose();
}
