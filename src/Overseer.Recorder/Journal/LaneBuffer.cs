using System.Buffers;

namespace Overseer.Recorder.Journal;

/// <summary>The bytes of a lane's unfinished line, as a reader has met them. What <see cref="Bytes"/> gave stays in place until the next append.</summary>
internal sealed class LaneBuffer : IDisposable
{
    private const int KeptCapacity = 64 << 10;
    private byte[] _bytes = [];
    private int _start;
    private int _length;

    internal int Run { get; set; }

    internal OutputStream Stream { get; set; }

    internal int Length => _length;

    internal ReadOnlySpan<byte> Bytes => _bytes.AsSpan(_start, _length);

    /// <summary>What <see cref="Bytes"/> gave, or a part of it, as memory.</summary>
    internal ReadOnlyMemory<byte> MemoryOf(ReadOnlySpan<byte> data) => _bytes.AsSpan().Overlaps(data, out var at) ? _bytes.AsMemory(at, data.Length) : default;

    internal void Append(ReadOnlySpan<byte> data) => data.CopyTo(Extend(data.Length));

    /// <summary>Makes room for bytes that the caller fills in.</summary>
    internal Span<byte> Extend(int count)
    {
        if (_start + _length + count > _bytes.Length)
        {
            Grow(_length + count);
        }

        var room = _bytes.AsSpan(_start + _length, count);
        _length += count;
        return room;
    }

    /// <summary>Forgets all but the last bytes, without moving any.</summary>
    internal void KeepLast(int count)
    {
        _start = count == 0 ? 0 : _start + _length - count;
        _length = count;
    }

    /// <summary>Gives a large buffer back, once what it gave is no longer in use.</summary>
    internal void Trim()
    {
        if (_length == 0 && _bytes.Length > KeptCapacity)
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = [];
        _start = 0;
        _length = 0;
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(256, Math.Max(needed, _bytes.Length < needed ? needed + (needed / 2) : needed)));
        Bytes.CopyTo(larger);
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = larger;
        _start = 0;
    }
}
