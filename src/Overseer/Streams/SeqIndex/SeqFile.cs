using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Journal;
using static Overseer.Recorder.Interop.Interop;

namespace Overseer.Streams.SeqIndex;

// The index of one segment, beside it and named as it is. Its first 64 bytes, little endian:
//   0 magic "OVSSEQ1\n" · 8 first line i64 · 16 first seq i64 · 24 the segment's seed u32, so that it belongs to that segment and to no other
//   28 CRC-32C of the bytes before it · 32 zeros
// Then records (SeqRecord) without a hole.
/// <summary>Reads and writes the files of an index. Knows nothing of what is in the records.</summary>
internal static class SeqFile
{
    /// <summary>What the names of these files end with.</summary>
    public const string Extension = ".seq";

    private const int HeaderSize = SeqRecord.Size;
    private const int CrcAt = 28;
    private const uint OwnerOnly = 0x180;

    private static ReadOnlySpan<byte> Magic => "OVSSEQ1\n"u8;

    /// <summary>The file of a segment's index.</summary>
    public static string PathOf(string directory, long segment) => Path.Join(directory, string.Create(CultureInfo.InvariantCulture, $"{segment:D20}{Extension}"));

    /// <summary>Whether a journal has any index at all.</summary>
    public static bool HasAny(string directory)
    {
        try
        {
            return Directory.EnumerateFiles(directory, "*" + Extension).Any();
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Begins a segment's index, or begins it again: records that are there stay.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Create(string directory, long segment, long firstSeq, uint seed)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        header.Clear();
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], segment);
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], firstSeq);
        BinaryPrimitives.WriteUInt32LittleEndian(header[24..], seed);
        BinaryPrimitives.WriteUInt32LittleEndian(header[CrcAt..], Crc32C.Append(uint.MaxValue, header[..CrcAt]));
        using var file = OpenToWrite(directory, segment, OpenFlags.Create);
        RandomAccess.Write(file, header, 0);
    }

    /// <summary>Writes whole records to a place in a file that <see cref="Create"/> has made.</summary>
    /// <exception cref="IOException">They cannot be written.</exception>
    public static void Write(string directory, long segment, long index, ReadOnlySpan<byte> records)
    {
        using var file = OpenToWrite(directory, segment);
        RandomAccess.Write(file, records, HeaderSize + (index * SeqRecord.Size));
    }

    /// <summary>Cuts all records off from a place on. Of a file that somebody has removed there is nothing to cut off.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Cut(string directory, long segment, long index)
    {
        try
        {
            using var file = OpenToWrite(directory, segment);
            RandomAccess.SetLength(file, Math.Min(RandomAccess.GetLength(file), HeaderSize + (index * SeqRecord.Size)));
        }
        catch (FileNotFoundException)
        {
            // Who writes to it next finds that out.
        }
    }

    /// <summary>A segment's index, or null when there is none.</summary>
    /// <exception cref="IOException">It is there and cannot be opened.</exception>
    public static SafeFileHandle? OpenToRead(string directory, long segment)
    {
        var path = PathOf(directory, segment);
        var file = Open(path, OpenFlags.ReadOnly | OpenFlags.CloseOnExec, 0);
        if (!file.IsInvalid)
        {
            return file;
        }

        var errno = Marshal.GetLastPInvokeError();
        file.Dispose();
        return errno == JournalErrno.NotFound ? null : throw JournalException.FromErrno("open", path, errno);
    }

    /// <summary>What the first bytes say; false when they do not belong to this segment, or are wrong.</summary>
    public static bool TryReadHeader(SafeFileHandle file, long segment, uint seed, out long firstSeq)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        var right = ReadFully(file, header, 0) == HeaderSize
            && header.StartsWith(Magic)
            && BinaryPrimitives.ReadUInt32LittleEndian(header[CrcAt..]) == Crc32C.Append(uint.MaxValue, header[..CrcAt])
            && BinaryPrimitives.ReadInt64LittleEndian(header[8..]) == segment
            && BinaryPrimitives.ReadUInt32LittleEndian(header[24..]) == seed;
        firstSeq = right ? BinaryPrimitives.ReadInt64LittleEndian(header[16..]) : 0;
        return right && firstSeq > 0;
    }

    /// <summary>How many records there are, right or wrong; a torn one at the end counts.</summary>
    public static long Count(SafeFileHandle file) => Math.Max(0, RandomAccess.GetLength(file) - HeaderSize + SeqRecord.Size - 1) / SeqRecord.Size;

    /// <summary>Reads one record; false when it is not there, wrong, or of another segment or place.</summary>
    public static bool TryRead(SafeFileHandle file, long segment, uint seed, long index, out SeqRecord record)
    {
        Span<byte> bytes = stackalloc byte[SeqRecord.Size];
        return SeqRecord.TryRead(bytes[..Read(file, index, bytes)], seed, segment + (index * SeqRecord.Lines), out record);
    }

    /// <summary>The filter that judged the last line that any index of a journal has; null when there is none.</summary>
    /// <exception cref="IOException">An index cannot be opened.</exception>
    public static ulong? LastFingerprint(string directory)
    {
        foreach (var segment in SegmentName.List(directory).Reverse())
        {
            using var file = OpenToRead(directory, segment);
            for (var index = file is null ? -1 : Count(file) - 1; index >= 0; index--)
            {
                if (TryRead(file!, segment, SeqWriter.SeedOf(directory, segment), index, out var record))
                {
                    return record.Fingerprint;
                }
            }
        }

        return null;
    }

    /// <summary>Reads records from a place on; gives how many bytes.</summary>
    public static int Read(SafeFileHandle file, long index, Span<byte> records) => ReadFully(file, records, HeaderSize + (index * SeqRecord.Size));

    private static int ReadFully(SafeFileHandle file, Span<byte> destination, long offset)
    {
        var done = 0;
        while (done < destination.Length && RandomAccess.Read(file, destination[done..], offset + done) is var read and > 0)
        {
            done += read;
        }

        return done;
    }

    private static SafeFileHandle OpenToWrite(string directory, long segment, OpenFlags more = OpenFlags.ReadWrite)
    {
        var path = PathOf(directory, segment);
        var file = Open(path, OpenFlags.ReadWrite | OpenFlags.CloseOnExec | more, OwnerOnly);
        if (!file.IsInvalid)
        {
            return file;
        }

        var errno = Marshal.GetLastPInvokeError();
        file.Dispose();
        throw errno == JournalErrno.NotFound ? new FileNotFoundException($"{path} is gone", path) : JournalException.FromErrno("write", path, errno);
    }
}
