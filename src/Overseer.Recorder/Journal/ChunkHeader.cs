using System.Buffers.Binary;

namespace Overseer.Recorder.Journal;

// The 56 bytes before each chunk's data, little endian:
//   0 magic u32 · 4 kind u8 · 5 stream u8 · 6 state u8 (1 open, 2 done) · 7 zero · 8 length u32 · 12 lines u32 (that end in this chunk)
//   16 time ns i64 · 24 first line i64 (number of the next line to end, at the chunk's beginning)
//   32 pending back u32 · 36 pending length u32 · 40 pid i32 · 44 run u32 · 48 CRC-32C of the data · 52 CRC-32C of this header
// "Pending" is the unfinished line of this chunk's lane at the chunk's beginning: how many bytes it has, and how far back the header of a chunk of
// this lane is at or after which all of them lie (0: there is none).
// The header's checksum also covers its file offset and its segment's identity, so that a copy of a header inside the recorded data (a task that
// prints a journal) is never taken for one.
// A header never crosses a page boundary (up to 55 bytes before it stay unused, as zeros): the kernel copies within a page without interruption, so
// kill -9 can not leave half of one.
internal struct ChunkHeader
{
    internal const int Size = 56;
    internal const int MaxLength = (256 << 10) - Size;
    internal const uint Magic = 0xC4_4B_43_9A;
    private const int PageSize = 4096;
    private const byte StateOpen = 1;
    private const byte StateDone = 2;

    internal ChunkKind Kind;
    internal OutputStream Stream;
    internal bool Done;
    internal int Length;
    internal int Lines;
    internal long TimeNs;
    internal long FirstLine;
    internal uint PendingBack;
    internal int PendingLength;
    internal int Pid;
    internal int Run;
    internal uint DataCrc;

    internal readonly long NextLine => FirstLine + Lines;

    /// <summary>Whether the data are bytes of the lane, as opposed to a record of ours.</summary>
    internal readonly bool HoldsLaneBytes => Kind is ChunkKind.Output or ChunkKind.Carry;

    /// <summary>Where the header of a chunk goes that follows a chunk which ends at <paramref name="end"/>.</summary>
    internal static long PlaceAfter(long end)
    {
        var inPage = end & (PageSize - 1);
        return inPage > PageSize - Size ? end + PageSize - inPage : end;
    }

    internal readonly void Write(Span<byte> destination, uint seed, long offset)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, Magic);
        destination[4] = (byte)Kind;
        destination[5] = (byte)Stream;
        destination[6] = Done ? StateDone : StateOpen;
        destination[7] = 0;
        BinaryPrimitives.WriteInt32LittleEndian(destination[8..], Length);
        BinaryPrimitives.WriteInt32LittleEndian(destination[12..], Lines);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], TimeNs);
        BinaryPrimitives.WriteInt64LittleEndian(destination[24..], FirstLine);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[32..], PendingBack);
        BinaryPrimitives.WriteInt32LittleEndian(destination[36..], PendingLength);
        BinaryPrimitives.WriteInt32LittleEndian(destination[40..], Pid);
        BinaryPrimitives.WriteInt32LittleEndian(destination[44..], Run);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[48..], DataCrc);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[52..], Checksum(destination, seed, offset));
    }

    /// <summary>False when there is no header that was written for exactly this place.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> source, uint seed, long offset, out ChunkHeader header)
    {
        header = default;
        if (source.Length < Size
            || BinaryPrimitives.ReadUInt32LittleEndian(source) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(source[52..]) != Checksum(source, seed, offset))
        {
            return false;
        }

        header.Kind = (ChunkKind)source[4];
        header.Stream = (OutputStream)source[5];
        header.Done = source[6] == StateDone;
        header.Length = BinaryPrimitives.ReadInt32LittleEndian(source[8..]);
        header.Lines = BinaryPrimitives.ReadInt32LittleEndian(source[12..]);
        header.TimeNs = BinaryPrimitives.ReadInt64LittleEndian(source[16..]);
        header.FirstLine = BinaryPrimitives.ReadInt64LittleEndian(source[24..]);
        header.PendingBack = BinaryPrimitives.ReadUInt32LittleEndian(source[32..]);
        header.PendingLength = BinaryPrimitives.ReadInt32LittleEndian(source[36..]);
        header.Pid = BinaryPrimitives.ReadInt32LittleEndian(source[40..]);
        header.Run = BinaryPrimitives.ReadInt32LittleEndian(source[44..]);
        header.DataCrc = BinaryPrimitives.ReadUInt32LittleEndian(source[48..]);
        return header.Length is >= 0 and <= MaxLength && header.Lines >= 0 && header.PendingLength >= 0 && header.FirstLine > 0;
    }

    private static uint Checksum(ReadOnlySpan<byte> header, uint seed, long offset)
    {
        var crc = System.Numerics.BitOperations.Crc32C(seed, (ulong)offset);
        return Crc32C.Append(crc, header[..52]);
    }
}
