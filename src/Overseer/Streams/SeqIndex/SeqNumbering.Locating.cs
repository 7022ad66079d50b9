using Overseer.Recorder.Journal;

namespace Overseer.Streams.SeqIndex;

// From a number to its line, and what must be known of history that is deleted.
internal sealed partial class SeqNumbering
{
    private readonly List<SeqMark> _marks = [];

    /// <summary>
    /// Where to begin for the line with a number and all that comes behind it: directly behind the line shown before it. Numbers first what has no number yet.
    /// </summary>
    /// <returns>The line to begin at, or null for the end, when the number is higher than that of the next new line; the number that the first line gets; that of the next new line.</returns>
    /// <exception cref="IOException">The journal or its index cannot be read.</exception>
    public (long? Line, long First, long Next) Locate(long seq, in JournalEnd end)
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            NumberNow(end);
            using var track = new SeqTrack(this);
            if (!track.TrySeqOf(end.NextLine, out var next) || next == 0)
            {
                continue;
            }

            if (seq > next)
            {
                return (null, next, next);
            }

            if (TryFindBehind(Math.Max(1, seq) - 1, end, track, out var line) && track.TrySeqOf(line, out var first) && first > 0)
            {
                return (line, first, next);
            }
        }

        throw new IOException($"the index of {_directory} is damaged again and again");
    }

    /// <summary>An old segment is about to be deleted: the number at the beginning of the next one is written down.</summary>
    /// <param name="next">The next segment.</param>
    /// <param name="end">How far the journal goes.</param>
    /// <param name="count">Whether lines that have no number yet are judged; else each keeps one.</param>
    /// <exception cref="IOException">The journal cannot be read, or the index not be written.</exception>
    public void Leave(long next, in JournalEnd end, bool count)
    {
        if (next <= Plain())
        {
            return;
        }

        if (Frontier.Line > next && HeaderSeq(next) is null)
        {
            // Damaged since it was written: it can be mended as long as what is before it is there.
            Doubt();
        }

        while (Frontier.Line is 0 || (count && Frontier.Line < next))
        {
            Advance(end);
        }

        _judging.Enter();
        try
        {
            lock (_gate)
            {
                if (!_adopted || _line > next)
                {
                    return;
                }

                Parts_NeedsLock();
            }

            DropReader();
            Reach(next, next);
            _parts!.Writer.Save();
            Publish();
        }
        finally
        {
            _judging.Exit();
        }
    }

    /// <summary>Remembers the number of a line as soon as it has one, also when its segment is deleted then.</summary>
    public SeqMark Mark(long line)
    {
        var mark = new SeqMark(line);
        lock (_gate)
        {
            _marks.Add(mark);
        }

        ResolveMarks();
        return mark;
    }

    /// <summary>A segment is not there any more.</summary>
    public void Drop(long segment)
    {
        lock (_gate)
        {
            _segments.RemoveAll(known => known.FirstLine <= segment);
        }
    }

    private void ResolveMarks()
    {
        SeqMark[] marks;
        lock (_gate)
        {
            marks = [.. _marks];
        }

        using var track = new SeqTrack(this);
        foreach (var mark in marks)
        {
            if (track.TrySeqOf(mark.Line, out var seq))
            {
                mark.Seq = seq;
                lock (_gate)
                {
                    _marks.Remove(mark);
                }
            }
        }
    }

    // The line behind the one with this number; the first that is there, when that one is gone.
    private bool TryFindBehind(long seq, in JournalEnd end, SeqTrack track, out long line)
    {
        var there = SegmentName.List(_directory);
        SeqSegment[] segments;
        long frontier;
        lock (_gate)
        {
            segments = [.. _segments.Where(segment => Array.BinarySearch(there, segment.FirstLine) >= 0)];
            frontier = _line;
        }

        var oldest = there.Length > 0 ? there[0] : end.NextLine;
        var plain = Plain();
        if (seq < plain)
        {
            line = Math.Max(seq + 1, oldest);
            return true;
        }

        var at = Array.FindLastIndex(segments, segment => segment.FirstSeq <= seq);
        if (at < 0)
        {
            line = segments.Length > 0 ? segments[0].FirstLine : end.NextLine;
            return true;
        }

        // The last record that begins at or before the number.
        var (first, last) = (segments[at].FirstLine, (at + 1 < segments.Length ? segments[at + 1].FirstLine : frontier) - 1);
        SeqRecord found = default;
        for (long low = 0, high = segments[at].IndexOf(last); low <= high;)
        {
            // The record in which the first filter came is asked for by a line that it judged.
            var middle = (low + high) / 2;
            var begin = first + (middle * SeqRecord.Lines);
            if (!track.TryFindRecord(plain > begin && plain <= last && plain < begin + SeqRecord.Lines ? plain : begin, out var record))
            {
                line = 0;
                return false;
            }

            if (record.FirstSeq <= seq)
            {
                found = record;
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        var place = found.PlaceOf(seq);
        line = found.Count == 0 ? first : place < 0 ? found.NextLine : found.FirstLine + place + 1;
        return true;
    }
}
