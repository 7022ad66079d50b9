using System.Buffers.Binary;
using System.Numerics;
using Overseer.Recorder.Journal;

namespace Overseer.Streams.SeqIndex;

// One record of a segment's index, 64 bytes, little endian:
//   0 first seq i64 (the number its first shown line gets) · 8 fingerprint u64 of the filter that judged its last line, 0 for none
//   16 when its last line was captured, i64 ns, 0 when nobody has looked: so that records are known that outlived the journal's end in a loss of power
//   24 lines u16 · 26 flags u16 (bit 0: a line that comes in parts goes on behind the record)
//   28 CRC-32C of its first line, i64, and the other 60 bytes, seeded as the segment's · 32 one bit a line: shown
// A record begins with line "segment's first + 256 × its place", so it is found by its line alone. Only the last record of a segment has fewer than 256
// lines; it is written again in its place as it grows. It never crosses a page, and the kernel copies within a page without interruption: kill -9 leaves
// the old record or the new one.
internal struct SeqRecord
{
    /// <summary>Bytes of a record.</summary>
    public const int Size = 64;

    /// <summary>The most lines in a record.</summary>
    public const int Lines = 256;

    private const int BitmapAt = 32;
    private const int CrcAt = 28;
    private const ushort OpenFlag = 1;

    private ulong _shown0;
    private ulong _shown1;
    private ulong _shown2;
    private ulong _shown3;

    /// <summary>The number of its first line.</summary>
    public long FirstLine;

    /// <summary>The number that the first line shown at or behind its first line gets.</summary>
    public long FirstSeq;

    /// <summary>The filter that judged its last line; 0 for none.</summary>
    public ulong Fingerprint;

    /// <summary>When its last line was captured, Unix ns; 0 when that is not known.</summary>
    public long TimeNs;

    /// <summary>How many lines it has.</summary>
    public int Count;

    /// <summary>Whether a line that comes in parts goes on behind it.</summary>
    public bool Open;

    /// <summary>The line behind it.</summary>
    public readonly long NextLine => FirstLine + Count;

    /// <summary>The number that the first line shown behind it gets.</summary>
    public readonly long NextSeq => SeqAt(Count);

    /// <summary>A record of lines that are all shown, and whose numbers are their own.</summary>
    public static SeqRecord Plain(long line, long until) => new()
    {
        FirstLine = line,
        FirstSeq = line,
        Count = (int)Math.Min(Lines, until - line),
        _shown0 = ulong.MaxValue,
        _shown1 = ulong.MaxValue,
        _shown2 = ulong.MaxValue,
        _shown3 = ulong.MaxValue,
    };

    /// <summary>Whether a line is in it.</summary>
    public readonly bool Holds(long line) => line >= FirstLine && line < NextLine;

    /// <summary>Whether the line at a place is shown.</summary>
    public readonly bool Shows(int at) => (Word(at >> 6) >> (at & 63) & 1) != 0;

    /// <summary>The number that the first line shown at or behind a place gets.</summary>
    public readonly long SeqAt(int at)
    {
        var seq = FirstSeq;
        for (var word = 0; word < at >> 6; word++)
        {
            seq += BitOperations.PopCount(Word(word));
        }

        return (at & 63) == 0 ? seq : seq + BitOperations.PopCount(Word(at >> 6) & ((1UL << (at & 63)) - 1));
    }

    /// <summary>The place of the line with a number; -1 when none of its lines has it.</summary>
    public readonly int PlaceOf(long seq)
    {
        if (seq < FirstSeq || seq >= NextSeq)
        {
            return -1;
        }

        var at = 0;
        while (!Shows(at) || SeqAt(at) != seq)
        {
            at++;
        }

        return at;
    }

    /// <summary>Adds a line.</summary>
    public void Add(bool shown)
    {
        var bit = (shown ? 1UL : 0UL) << (Count & 63);
        switch (Count++ >> 6)
        {
            case 0: _shown0 |= bit; break;
            case 1: _shown1 |= bit; break;
            case 2: _shown2 |= bit; break;
            default: _shown3 |= bit; break;
        }
    }

    /// <summary>The same with fewer lines.</summary>
    public readonly SeqRecord CutTo(int count)
    {
        var cut = new SeqRecord { FirstLine = FirstLine, FirstSeq = FirstSeq, Fingerprint = Fingerprint, Open = true };
        while (cut.Count < count)
        {
            cut.Add(Shows(cut.Count));
        }

        return cut;
    }

    /// <summary>Writes it.</summary>
    public readonly void Write(Span<byte> destination, uint seed)
    {
        BinaryPrimitives.WriteInt64LittleEndian(destination, FirstSeq);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], Fingerprint);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], TimeNs);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[24..], (ushort)Count);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[26..], Open ? OpenFlag : (ushort)0);
        for (var word = 0; word < Lines / 64; word++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(destination[(BitmapAt + (8 * word))..], Word(word));
        }

        BinaryPrimitives.WriteUInt32LittleEndian(destination[CrcAt..], Checksum(destination, seed, FirstLine));
    }

    /// <summary>Reads one; false when there is none, one with wrong bytes in it, or one of another segment or place.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, uint seed, long firstLine, out SeqRecord record)
    {
        record = default;
        if (source.Length < Size || BinaryPrimitives.ReadUInt32LittleEndian(source[CrcAt..]) != Checksum(source, seed, firstLine))
        {
            return false;
        }

        record.FirstLine = firstLine;
        record.FirstSeq = BinaryPrimitives.ReadInt64LittleEndian(source);
        record.Fingerprint = BinaryPrimitives.ReadUInt64LittleEndian(source[8..]);
        record.TimeNs = BinaryPrimitives.ReadInt64LittleEndian(source[16..]);
        record.Count = BinaryPrimitives.ReadUInt16LittleEndian(source[24..]);
        record.Open = (BinaryPrimitives.ReadUInt16LittleEndian(source[26..]) & OpenFlag) != 0;
        record._shown0 = BinaryPrimitives.ReadUInt64LittleEndian(source[BitmapAt..]);
        record._shown1 = BinaryPrimitives.ReadUInt64LittleEndian(source[(BitmapAt + 8)..]);
        record._shown2 = BinaryPrimitives.ReadUInt64LittleEndian(source[(BitmapAt + 16)..]);
        record._shown3 = BinaryPrimitives.ReadUInt64LittleEndian(source[(BitmapAt + 24)..]);
        return record.FirstSeq > 0 && record.Count is > 0 and <= Lines;
    }

    private readonly ulong Word(int word) => word switch { 0 => _shown0, 1 => _shown1, 2 => _shown2, _ => _shown3 };

    private static uint Checksum(ReadOnlySpan<byte> record, uint seed, long firstLine) =>
        Crc32C.Append(Crc32C.Append(BitOperations.Crc32C(~seed, (ulong)firstLine), record[..CrcAt]), record[BitmapAt..Size]);
}
