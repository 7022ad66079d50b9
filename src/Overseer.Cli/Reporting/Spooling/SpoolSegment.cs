using System.Buffers.Binary;

namespace Overseer.Cli.Reporting.Spooling;

/// <summary>A part of a spool: a header, then records. Not thread-safe.</summary>
internal sealed class SpoolSegment : IDisposable
{
    /// <summary>Magic, the lowest number of a segment that this one stands for, and the delivery number of its first record, 0 until that is known.</summary>
    internal const int HeaderBytes = 24;

    private const ulong Magic = 0x316c6f6f7073766f; // "ovspool1"
    private const int CoversAt = 8;
    private const int FirstAt = 16;

    private readonly ISegmentBytes _bytes;

    private SpoolSegment(long number, long covers, long first, long length, ISegmentBytes bytes)
    {
        Number = number;
        Covers = covers;
        First = first;
        Length = length;
        _bytes = bytes;
    }

    /// <summary>Its place among the segments of a spool.</summary>
    internal long Number { get; }

    /// <summary>The lowest number that it stands for: those from there on up to its own are in it.</summary>
    internal long Covers { get; }

    /// <summary>The delivery number of its first record; 0 while nothing of it has been sent.</summary>
    internal long First { get; private set; }

    /// <summary>Whether something of it may have been sent, so that its records have their numbers and must stay.</summary>
    internal bool IsBegun => First > 0;

    /// <summary>Whether nothing in it can be given up any more.</summary>
    internal bool IsReduced { get; private init; }

    /// <summary>How far it is written, header included.</summary>
    internal long Length { get; private set; }

    /// <summary>Begins a segment.</summary>
    internal static SpoolSegment Create(long number, SpoolPlace place)
    {
        ISegmentBytes bytes = place.Create(number);
        bytes.Write(0, Header(number, 0));
        return new SpoolSegment(number, number, 0, HeaderBytes, bytes);
    }

    /// <summary>Makes the one that takes the place of several, without what was given up of them.</summary>
    /// <param name="number">The number of the last of them, which it takes over.</param>
    /// <param name="covers">The number of the first.</param>
    /// <param name="records">What is left.</param>
    /// <param name="place">Where.</param>
    internal static SpoolSegment Reduced(long number, long covers, ReadOnlySpan<byte> records, SpoolPlace place)
        => new(number, covers, 0, HeaderBytes + records.Length, place.Replace(number, [.. Header(covers, 0), .. records])) { IsReduced = true };

    /// <summary>Opens what an earlier process has left, and cuts off a torn end; null when it is no segment.</summary>
    internal static SpoolSegment? Open(long number, ISegmentBytes bytes)
    {
        byte[] content = new byte[bytes.Length];
        int length = bytes.Read(0, content);
        if (length < HeaderBytes || BinaryPrimitives.ReadUInt64LittleEndian(content) != Magic)
            return null;
        int end = HeaderBytes;
        while (SpoolRecord.TryRead(content.AsSpan(end, length - end), out SpoolRecord record))
            end += record.Length;
        if (end < length)
            bytes.Cut(end);
        return new SpoolSegment(number, BinaryPrimitives.ReadInt64LittleEndian(content.AsSpan(CoversAt)), BinaryPrimitives.ReadInt64LittleEndian(content.AsSpan(FirstAt)), end, bytes);
    }

    /// <summary>Gives its records their numbers, on the disk before anybody sees one.</summary>
    internal void Begin(long first)
    {
        Span<byte> number = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(number, first);
        _bytes.Write(FirstAt, number);
        First = first;
    }

    /// <summary>Adds whole records.</summary>
    /// <exception cref="IOException">There is no room; what was written of them is cut off again.</exception>
    internal void Append(ReadOnlySpan<byte> records)
    {
        try
        {
            _bytes.Write(Length, records);
            Length += records.Length;
        }
        catch (IOException)
        {
            _bytes.Cut(Length);
            throw;
        }
    }

    /// <summary>Reads bytes from a place on, as many as are written and fit.</summary>
    internal int Read(long offset, Span<byte> bytes) => _bytes.Read(offset, bytes[..(int)Math.Min(bytes.Length, Length - offset)]);

    /// <summary>All its records.</summary>
    internal byte[] ReadAll()
    {
        byte[] records = new byte[Length - HeaderBytes];
        int length = _bytes.Read(HeaderBytes, records);
        return length == records.Length ? records : records[..length];
    }

    internal void Delete()
    {
        _bytes.Delete();
        _bytes.Dispose();
    }

    public void Dispose() => _bytes.Dispose();

    private static byte[] Header(long covers, long first)
    {
        byte[] header = new byte[HeaderBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(header, Magic);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(CoversAt), covers);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(FirstAt), first);
        return header;
    }
}
