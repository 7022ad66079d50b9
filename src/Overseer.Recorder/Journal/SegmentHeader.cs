using System.Buffers.Binary;

namespace Overseer.Recorder.Journal;

// The first 64 bytes of a segment, little endian:
//   0 magic "OVSJRNL\n" · 8 version u32 · 12 max line bytes u32 · 16 first line i64 · 24 created ns i64 · 32 journal id (16 bytes) · 48 zeros
//   60 CRC-32C of the bytes before it; it is the seed of the checksums of this segment's chunk headers.
internal readonly record struct SegmentHeader(int MaxLineBytes, long FirstLine, long CreatedNs, Guid JournalId)
{
    internal const int Size = 64;
    internal const int Version = 1;
    private static ReadOnlySpan<byte> Magic => "OVSJRNL\n"u8;

    /// <summary>Returns the seed.</summary>
    internal uint Write(Span<byte> destination)
    {
        destination = destination[..Size];
        destination.Clear();
        Magic.CopyTo(destination);
        BinaryPrimitives.WriteInt32LittleEndian(destination[8..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(destination[12..], MaxLineBytes);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], FirstLine);
        BinaryPrimitives.WriteInt64LittleEndian(destination[24..], CreatedNs);
        JournalId.TryWriteBytes(destination[32..]);
        var seed = Crc32C.Append(uint.MaxValue, destination[..60]);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[60..], seed);
        return seed;
    }

    /// <summary>Whether this is no header of any version, or one with wrong bytes in it.</summary>
    internal static bool IsDamaged(ReadOnlySpan<byte> source) =>
        source.Length < Size || !source.StartsWith(Magic) || BinaryPrimitives.ReadUInt32LittleEndian(source[60..]) != Crc32C.Append(uint.MaxValue, source[..60]);

    /// <summary>Reads and checks a header. Magic, version and checksum stay where they are in all versions.</summary>
    /// <exception cref="JournalFormatException">Not a segment, damaged, or of a newer version.</exception>
    internal static SegmentHeader Read(ReadOnlySpan<byte> source, string path, long nameLine, out uint seed)
    {
        if (source.Length < Size)
        {
            throw new JournalFormatException(path, $"{path} is not a journal segment: it has {source.Length} bytes, its header alone has {Size}");
        }

        if (!source.StartsWith(Magic))
        {
            throw new JournalFormatException(path, $"{path} is not a journal segment: it does not begin with the signature of one");
        }

        var version = BinaryPrimitives.ReadInt32LittleEndian(source[8..]);
        seed = BinaryPrimitives.ReadUInt32LittleEndian(source[60..]);
        if (seed != Crc32C.Append(uint.MaxValue, source[..60]))
        {
            throw new JournalFormatException(path, $"the header of {path} is damaged: its checksum is wrong");
        }

        if (version != Version)
        {
            throw new JournalFormatException(path, $"{path} has format version {version}, this program reads version {Version}: use a newer Overseer");
        }

        var header = new SegmentHeader(
            BinaryPrimitives.ReadInt32LittleEndian(source[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[24..]),
            new Guid(source.Slice(32, 16)));
        if (header.FirstLine != nameLine)
        {
            throw new JournalFormatException(path, $"{path} begins with line {header.FirstLine}, not with the line of its name: it was renamed");
        }

        return header;
    }
}
