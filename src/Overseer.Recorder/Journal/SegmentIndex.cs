using Microsoft.Win32.SafeHandles;
using static Overseer.Recorder.Interop.Interop;

namespace Overseer.Recorder.Journal;

// Reads a segment's sparse index. It is advice: an entry counts only if its checksum is right and the chunk header it points at is there; without
// a good entry the search begins at the segment's beginning.
internal sealed unsafe class SegmentIndex : IDisposable
{
    private readonly SegmentFile _segment;
    private readonly SafeFileHandle _file;

    internal SegmentIndex(string directory, SegmentFile segment)
    {
        _segment = segment;
        _file = Open(SegmentName.IndexOf(directory, segment.FirstLine), OpenFlags.ReadOnly | OpenFlags.CloseOnExec, 0);
    }

    /// <summary>Where to begin looking for the chunk in which <paramref name="line"/> ends: the header of that chunk or of one before it.</summary>
    internal long FindPlace(long line, ChunkScanner scanner, long limit)
    {
        var found = Search(line);
        for (var attempts = 0; found >= 0 && attempts < 8; found--, attempts++)
        {
            if (TryRead(found, out var entry)
                && entry.FirstLine <= line
                && scanner.Read(entry.Offset, limit, out var header) == ChunkState.Done
                && header.FirstLine == entry.FirstLine)
            {
                return entry.Offset;
            }
        }

        return SegmentHeader.Size;
    }

    public void Dispose() => _file.Dispose();

    // The last entry whose first line is at most the line, taking unreadable entries for later ones; -1 when there is none.
    private long Search(long line)
    {
        if (_file.IsInvalid)
        {
            return -1;
        }

        long low = 0, high = (RandomAccess.GetLength(_file) / SegmentIndexEntry.Size) - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (TryRead(middle, out var entry) && entry.FirstLine <= line)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return high;
    }

    private bool TryRead(long index, out SegmentIndexEntry entry)
    {
        var bytes = stackalloc byte[SegmentIndexEntry.Size];
        var read = Pread(_file, bytes, SegmentIndexEntry.Size, index * SegmentIndexEntry.Size);
        return SegmentIndexEntry.TryRead(new ReadOnlySpan<byte>(bytes, (int)Math.Max(0, read)), _segment.Seed, out entry);
    }
}
