using System.Buffers.Binary;

namespace Overseer.Recorder.Journal;

/// <summary>Looks at the headers of a segment's chunks, many small ones with one read. Not thread-safe.</summary>
internal sealed class ChunkScanner(SegmentFile segment)
{
    private readonly byte[] _window = new byte[4096];
    private long _windowOffset;
    private int _windowLength;

    /// <summary>Headers looked at so far, for tests.</summary>
    internal long HeadersRead { get; private set; }

    /// <summary>Classifies what is at <paramref name="place"/>, where a header should be; nothing at or after <paramref name="limit"/> counts.</summary>
    internal ChunkState Read(long place, long limit, out ChunkHeader header)
    {
        header = default;
        HeadersRead++;
        if (limit - place < ChunkHeader.Size)
        {
            return ChunkState.None;
        }

        if (!ChunkHeader.TryRead(Bytes(place), segment.Seed, place, out header))
        {
            return ChunkState.Damaged;
        }

        if (!header.Done)
        {
            return ChunkState.Open;
        }

        return place + ChunkHeader.Size + header.Length <= limit ? ChunkState.Done : ChunkState.Short;
    }

    /// <summary>The next place after <paramref name="from"/> that holds a finished chunk, or -1: how to go on behind damage.</summary>
    internal long FindNext(long from, long limit)
    {
        var magic = (Span<byte>)stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(magic, ChunkHeader.Magic);
        var bytes = new byte[64 << 10];
        var offset = from + 1;
        while (limit - offset >= ChunkHeader.Size)
        {
            var read = segment.Read(bytes.AsSpan(0, (int)Math.Min(bytes.Length, limit - offset)), offset);
            var at = bytes.AsSpan(0, read).IndexOf(magic);
            if (at < 0)
            {
                offset += Math.Max(1, read - sizeof(uint) + 1);
            }
            else if (Read(offset + at, limit, out _) == ChunkState.Done)
            {
                return offset + at;
            }
            else
            {
                offset += at + 1;
            }
        }

        return -1;
    }

    private ReadOnlySpan<byte> Bytes(long place)
    {
        if (place < _windowOffset || place + ChunkHeader.Size > _windowOffset + _windowLength)
        {
            _windowLength = segment.Read(_window, place);
            _windowOffset = place;
        }

        return _window.AsSpan((int)(place - _windowOffset), Math.Min(ChunkHeader.Size, _windowLength));
    }
}
