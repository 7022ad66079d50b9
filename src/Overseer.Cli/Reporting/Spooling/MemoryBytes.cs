namespace Overseer.Cli.Reporting.Spooling;

/// <summary>The bytes of a segment where there is no file for them.</summary>
internal sealed class MemoryBytes : ISegmentBytes
{
    private byte[] _bytes = [];

    public long Length { get; private set; }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        int end = (int)offset + bytes.Length;
        if (end > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(end, _bytes.Length * 2));
        bytes.CopyTo(_bytes.AsSpan((int)offset));
        Length = Math.Max(Length, end);
    }

    public int Read(long offset, Span<byte> bytes)
    {
        int count = (int)Math.Clamp(Length - offset, 0, bytes.Length);
        _bytes.AsSpan((int)offset, count).CopyTo(bytes);
        return count;
    }

    public void Cut(long length)
    {
        Length = Math.Min(Length, length);
        if (length == 0)
            _bytes = [];
    }

    public void Delete() => Cut(0);

    public void Dispose()
    {
    }
}
