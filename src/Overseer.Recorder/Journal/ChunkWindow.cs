using System.Buffers;

namespace Overseer.Recorder.Journal;

/// <summary>A reader's view of a segment: whole chunks, contiguous in memory. The memory is rented and can be given back at any time between calls.</summary>
internal sealed class ChunkWindow : IDisposable
{
    private const int Size = ChunkHeader.Size + ChunkHeader.MaxLength;
    private byte[]? _bytes;
    private long _offset;
    private int _length;

    internal byte[] Bytes => _bytes ?? [];

    /// <summary>Forgets the content: the segment is another one now.</summary>
    internal void Reset() => _length = 0;

    /// <summary>
    /// Finds the chunk whose header should be at <paramref name="place"/> and brings it in whole; <paramref name="at"/> is where its data begin in
    /// <see cref="Bytes"/>. Bytes at or after <paramref name="limit"/> are not looked at.
    /// </summary>
    internal ChunkState Load(SegmentFile segment, long place, long limit, out ChunkHeader header, out int at)
    {
        header = default;
        at = 0;
        if (limit - place < ChunkHeader.Size)
        {
            return ChunkState.None;
        }

        Bring(segment, place, ChunkHeader.Size, limit);
        if (!ChunkHeader.TryRead(_bytes.AsSpan(0, _length)[(int)(place - _offset)..], segment.Seed, place, out header))
        {
            return ChunkState.Damaged;
        }

        if (!header.Done)
        {
            return ChunkState.Open;
        }

        var size = ChunkHeader.Size + header.Length;
        if (place + size > limit)
        {
            return ChunkState.Short;
        }

        Bring(segment, place, size, limit);
        at = (int)(place - _offset) + ChunkHeader.Size;
        return _length - (int)(place - _offset) >= size ? ChunkState.Done : ChunkState.Short;
    }

    public void Dispose()
    {
        if (_bytes is not null)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = null;
        }

        _length = 0;
    }

    private void Bring(SegmentFile segment, long place, int count, long limit)
    {
        if (place >= _offset && place + count <= _offset + _length)
        {
            return;
        }

        _bytes ??= ArrayPool<byte>.Shared.Rent(Size);
        var kept = 0;
        if (place >= _offset && place < _offset + _length)
        {
            kept = (int)(_offset + _length - place);
            _bytes.AsSpan((int)(place - _offset), kept).CopyTo(_bytes);
        }

        _offset = place;
        _length = kept;
        var wanted = (int)Math.Min(Size - kept, limit - place - kept);
        _length += segment.Read(_bytes.AsSpan(kept, wanted), place + kept);
    }
}
