using System.Buffers.Binary;

namespace Overseer.Cli.Reporting.Sending;

/// <summary>Reads the frames of a server. Not thread-safe.</summary>
internal sealed class FrameReader(Stream stream)
{
    private const byte Final = 0x80;
    private const int FirstBytes = 4096;

    private byte[] _buffer = new byte[FirstBytes];
    private int _begin;
    private int _end;
    private byte[]? _gathered;

    /// <summary>The largest message that is taken.</summary>
    internal const int MaxBytes = 512 * 1024;

    /// <summary>The next message, ping, pong or end; what belongs to it is valid until the following call.</summary>
    /// <returns>Null when the connection is over, or what came is no frame.</returns>
    internal async ValueTask<(FrameKind Kind, ReadOnlyMemory<byte> Payload)?> NextAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (!await NeedAsync(2, cancellation))
                return null;
            byte first = _buffer[_begin];
            long length = _buffer[_begin + 1];
            int header = length switch { 126 => 4, 127 => 10, _ => 2 };
            if (!await NeedAsync(header, cancellation))
                return null;
            if (header == 4)
                length = BinaryPrimitives.ReadUInt16BigEndian(_buffer.AsSpan(_begin + 2));
            else if (header == 10)
                length = BinaryPrimitives.ReadInt64BigEndian(_buffer.AsSpan(_begin + 2));
            if (length < 0 || length + (_gathered?.Length ?? 0) > MaxBytes || !await NeedAsync(header + (int)length, cancellation))
                return null;
            ReadOnlyMemory<byte> payload = _buffer.AsMemory(_begin + header, (int)length);
            _begin += header + (int)length;
            var kind = (FrameKind)(first & 0x0f);
            if (kind is not (FrameKind.Continuation or FrameKind.Text or FrameKind.Binary))
                return (kind, payload);
            bool final = (first & Final) != 0;
            if (final && _gathered is null)
                return (FrameKind.Text, payload);
            _gathered = [.. _gathered ?? [], .. payload.Span];
            if (!final)
                continue;
            byte[] whole = _gathered;
            _gathered = null;
            return (FrameKind.Text, whole);
        }
    }

    /// <summary>Waits until so many bytes are there; false when the connection ends before.</summary>
    private async ValueTask<bool> NeedAsync(int count, CancellationToken cancellation)
    {
        if (_begin + count > _buffer.Length)
        {
            byte[] roomy = count > _buffer.Length ? new byte[count] : _buffer;
            _buffer.AsSpan(_begin, _end - _begin).CopyTo(roomy);
            _buffer = roomy;
            _end -= _begin;
            _begin = 0;
        }
        while (_end - _begin < count)
        {
            int read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellation);
            if (read == 0)
                return false;
            _end += read;
        }
        return true;
    }
}
