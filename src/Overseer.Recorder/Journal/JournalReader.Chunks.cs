namespace Overseer.Recorder.Journal;

// From chunk to chunk and from segment to segment.
public sealed partial class JournalReader
{
    // True or false: that is TryRead's answer. Null: inside a chunk now, or a chunk without entries was passed over.
    private bool? TryEnterChunk(scoped in JournalEnd end, out JournalEntry entry)
    {
        entry = default;
        var limit = Limit(end);
        var place = ChunkHeader.PlaceAfter(_scanned);
        var state = _window.Load(_segment, place, limit, out var header, out var at);
        if (state == ChunkState.Done)
        {
            _chunk = header;
            _place = place;
            _dataAt = at;
            _nextLine = header.FirstLine;
            return EnterChunk();
        }

        var closed = _segment.FirstLine < end.Segment;
        if (state == ChunkState.None || (closed && state == ChunkState.Open && place + ChunkHeader.Size == limit))
        {
            return closed ? TryEnterSegment(end, out entry) : LeaveAtEnd();
        }

        return PassDamage(place, limit, closed ? _nextLine : end.NextLine, out entry);
    }

    private bool LeaveAtEnd()
    {
        _window.Dispose();
        return false;
    }

    private bool? TryEnterSegment(scoped in JournalEnd end, out JournalEntry entry)
    {
        entry = default;
        SegmentFile? next;
        do
        {
            var segments = SegmentName.List(_directory);
            var at = Array.BinarySearch(segments, _segment.FirstLine + 1);
            at = at >= 0 ? at : ~at;
            if (at >= segments.Length || segments[at] > end.Segment)
            {
                return LeaveAtEnd();
            }

            next = SegmentFile.OpenIfThere(_directory, segments[at]);
        }
        while (next is null);

        _segment.Dispose();
        _segment = next;
        _closedLength = -1;
        _window.Reset();
        _scanned = SegmentHeader.Size;
        if (next.FirstLine <= _nextLine)
        {
            return null;
        }

        // What was unfinished is gone with the segments between.
        _chunk = default;
        _lanes.Clear();
        _nextLine = next.FirstLine;
        return MakeGap(GapReason.Rotated, 0, out entry);
    }

    // Goes on at the next good chunk, or at the limit, and says what is missing.
    private bool PassDamage(long place, long limit, long nextLineAtLimit, out JournalEntry entry)
    {
        var scanner = new ChunkScanner(_segment);
        var next = scanner.FindNext(place, limit);
        if (next > 0 && scanner.Read(next, limit, out var header) == ChunkState.Done)
        {
            _nextLine = header.FirstLine;
        }
        else
        {
            next = limit;
            _nextLine = nextLineAtLimit;
        }

        _chunk = default;
        _lanes.Clear();
        _scanned = next;
        return MakeGap(GapReason.Damaged, next - place, out entry);
    }

    private bool MakeGap(GapReason reason, long bytes, out JournalEntry entry, int step = 0)
    {
        Gap = (reason, bytes);
        _position = new JournalPosition(_segment.FirstLine, _scanned, step);
        entry = new JournalEntry(this, EntryKind.Gap, _nextLine, OutputStream.None, default, partial: false);
        return true;
    }
}
