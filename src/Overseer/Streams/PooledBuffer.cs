using System.Buffers;

namespace Overseer.Streams;

/// <summary>
/// Bytes that are written, sent and written over. What became large is borrowed, and given back: a list of ten thousand tasks has some megabytes, and to take them from the heap for each costs more
/// than to fill them. Not thread-safe.
/// </summary>
internal sealed class PooledBuffer : IBufferWriter<byte>
{
    private const int FirstBytes = 1024;
    private byte[] _bytes = [];
    private int _written;

    /// <summary>Bytes written.</summary>
    public int WrittenCount => _written;

    /// <summary>What was written; valid until something is written or forgotten.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, _written);

    /// <summary>Forgets what was written, and gives the room back if there is more than <paramref name="kept"/> bytes of it.</summary>
    public void Reset(int kept)
    {
        _written = 0;
        if (_bytes.Length > kept)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }
    }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - _written);
        _written += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(_written);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(_written);
    }

    private void Reserve(int bytes)
    {
        var needed = checked(_written + Math.Max(bytes, 1));
        if (needed <= _bytes.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, Math.Max(FirstBytes, (int)Math.Min(2L * _bytes.Length, Array.MaxLength))));
        _bytes.AsSpan(0, _written).CopyTo(larger);
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = larger;
    }
}
