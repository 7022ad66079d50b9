using System.Buffers.Binary;

namespace Overseer.Recorder.Journal;

// One entry of a segment's sparse index, 32 bytes, little endian:
//   0 first line i64 · 8 offset i64 (both of a chunk header) · 16 time ns i64 · 24 zero u32 · 28 CRC-32C of the bytes before it, seeded as the segment's
internal readonly record struct SegmentIndexEntry(long FirstLine, long Offset, long TimeNs)
{
    internal const int Size = 32;

    internal void Write(Span<byte> destination, uint seed)
    {
        BinaryPrimitives.WriteInt64LittleEndian(destination, FirstLine);
        BinaryPrimitives.WriteInt64LittleEndian(destination[8..], Offset);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], TimeNs);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[24..], 0);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[28..], Crc32C.Append(seed, destination[..28]));
    }

    internal static bool TryRead(ReadOnlySpan<byte> source, uint seed, out SegmentIndexEntry entry)
    {
        entry = default;
        if (source.Length < Size || BinaryPrimitives.ReadUInt32LittleEndian(source[28..]) != Crc32C.Append(seed, source[..28]))
        {
            return false;
        }

        entry = new SegmentIndexEntry(
            BinaryPrimitives.ReadInt64LittleEndian(source),
            BinaryPrimitives.ReadInt64LittleEndian(source[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[16..]));
        return true;
    }
}
