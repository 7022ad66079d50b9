// The output of a container as its engine sends it. Each message of its log comes as a frame: 8 bytes (stream, three zeros, length big-endian), the time, a blank, the text.
// A message is a line with its newline, or a part of one that was cut at 16 KiB or written without one. A container with a terminal has no frames: then lines are all there is.
// The same log is always cut in the same way: that is how a reader who comes again finds its place by counting.

using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using Overseer.Core.Drivers;
using Overseer.Protocols.Json;

namespace Overseer.Drivers.Docker.Engine;

/// <summary>Reads a container's output, with times. For one reader at a time.</summary>
internal sealed class LogStream : IAsyncDisposable
{
    /// <summary>The most that one piece has; what is longer becomes several with the same time.</summary>
    public const int MaxPieceBytes = 256 * 1024;

    private const int HeaderBytes = 8;
    private const int LongestTime = 40;
    private const int StandardError = 2;
    private const int EngineError = 3;

    private readonly PipeReader _reader;
    private readonly IDisposable _owner;
    private readonly string _socket;
    private readonly bool _raw;
    private byte[] _scratch = [];
    private SequencePosition? _taken;
    private int _kind;
    private long _left;
    private bool _isFrameStart;
    private DateTimeOffset _at;

    /// <summary>Begins to read.</summary>
    /// <param name="stream">The body of the answer.</param>
    /// <param name="owner">Disposed of with this.</param>
    /// <param name="socket">Who sends it, for errors.</param>
    /// <param name="raw">Whether it comes without frames.</param>
    public LogStream(Stream stream, IDisposable owner, string socket, bool raw)
    {
        // Without a buffer of its own as long as nothing comes: most containers are silent most of the time.
        _reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 16 * 1024, useZeroByteReads: true));
        _owner = owner;
        _socket = socket;
        _raw = raw;
    }

    /// <summary>The next piece; null at the end. What ends in the middle of a piece is left out: it comes whole to who reads again.</summary>
    /// <exception cref="EngineUnreachableException">The engine is gone.</exception>
    /// <exception cref="EngineRefusedException">The engine cannot go on.</exception>
    public async ValueTask<LogPiece?> ReadAsync(CancellationToken cancellation)
    {
        if (_taken is { } taken)
        {
            _reader.AdvanceTo(taken);
            _taken = null;
        }

        while (true)
        {
            ReadResult result;
            try
            {
                result = await _reader.ReadAsync(cancellation);
            }
            catch (Exception e) when (e is IOException or HttpRequestException or ObjectDisposedException)
            {
                throw new EngineUnreachableException(_socket, "the connection broke", e);
            }

            var rest = result.Buffer;
            while (true)
            {
                var before = rest.Length;
                if ((_raw ? TakeLine(ref rest, result.IsCompleted) : TakeFrame(ref rest)) is { } piece)
                {
                    _taken = rest.Start;
                    return piece;
                }

                if (rest.Length == before) break;
            }

            _reader.AdvanceTo(rest.Start, rest.End);
            if (result.IsCompleted) return null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _reader.CompleteAsync();
        _owner.Dispose();
    }

    /// <summary>Takes a frame, or the next part of a long one; null when there is not enough yet, or what was taken says nothing.</summary>
    private LogPiece? TakeFrame(ref ReadOnlySequence<byte> rest)
    {
        if (_left == 0)
        {
            if (rest.Length < HeaderBytes) return null;
            Span<byte> header = stackalloc byte[HeaderBytes];
            rest.Slice(0, HeaderBytes).CopyTo(header);
            if (header[0] > EngineError || header[1] != 0 || header[2] != 0 || header[3] != 0)
            {
                throw new EngineRefusedException(HttpStatusCode.OK, "the output of the container came in no form that is known");
            }

            rest = rest.Slice(HeaderBytes);
            (_kind, _left, _isFrameStart) = (header[0], BinaryPrimitives.ReadUInt32BigEndian(header[4..]), true);
            return null;
        }

        var wanted = (int)Math.Min(_left, MaxPieceBytes);
        if (rest.Length < wanted) return null;
        var part = Contiguous(rest.Slice(0, wanted));
        rest = rest.Slice(wanted);
        _left -= wanted;
        if (_kind == EngineError) throw new EngineRefusedException(HttpStatusCode.OK, Encoding.UTF8.GetString(part.Span).Trim());
        if (_isFrameStart) part = WithoutTime(part);
        _isFrameStart = false;
        return part.IsEmpty ? null : new LogPiece(_kind == StandardError ? HostedOutput.Stderr : HostedOutput.Stdout, _at, part);
    }

    /// <summary>Takes a line, or a part of a long one.</summary>
    private LogPiece? TakeLine(ref ReadOnlySequence<byte> rest, bool ended)
    {
        if (rest.IsEmpty) return null;
        long length = rest.PositionOf((byte)'\n') is { } end ? rest.Slice(0, end).Length + 1 : 0;
        if (length == 0 && (ended || rest.Length >= MaxPieceBytes)) length = rest.Length;
        if (length == 0) return null;
        var part = Contiguous(rest.Slice(0, Math.Min(length, MaxPieceBytes)));
        rest = rest.Slice(part.Length);
        var text = WithoutTime(part);
        return text.IsEmpty ? null : new LogPiece(HostedOutput.Stdout, _at, text);
    }

    /// <summary>Takes the time off; what has none keeps the one before.</summary>
    private ReadOnlyMemory<byte> WithoutTime(ReadOnlyMemory<byte> part)
    {
        var head = part.Span[..Math.Min(part.Length, LongestTime)];
        var blank = head.IndexOf((byte)' ');
        if (blank <= 0) return part;
        Span<char> text = stackalloc char[LongestTime];
        for (var i = 0; i < blank; i++) text[i] = (char)head[i];
        if (!Rfc3339.TryParse(text[..blank], out var at)) return part;
        _at = at.ToUniversalTime();
        return part[(blank + 1)..];
    }

    private ReadOnlyMemory<byte> Contiguous(ReadOnlySequence<byte> part)
    {
        if (part.IsSingleSegment) return part.First;
        if (_scratch.Length < part.Length) _scratch = new byte[part.Length];
        part.CopyTo(_scratch);
        return _scratch.AsMemory(0, (int)part.Length);
    }
}
