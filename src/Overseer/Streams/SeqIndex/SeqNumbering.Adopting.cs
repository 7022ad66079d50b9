using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Journal;

namespace Overseer.Streams.SeqIndex;

// Taking over what an earlier server, or this one before it doubted, has numbered: record by record, each compared with the one before. A segment a turn.
// A stretch that is missing or damaged is judged again when the filters are there that judged it; what comes behind says how many numbers it had.
internal sealed partial class SeqNumbering
{
    private Queue<long>? _toAdopt;
    private long _believed = long.MaxValue;
    private long _doubted;
    private ulong? _lastJudge;

    private void Adopt(in JournalEnd end)
    {
        var (judge, writer) = _parts!;
        if (_toAdopt is null)
        {
            DropReader();
            judge.Clear();
            _toAdopt = BeginAdopting(end);
        }

        if (_toAdopt.TryDequeue(out var segment))
        {
            if (AdoptSegment(segment, _toAdopt.TryPeek(out var next) ? next : long.MaxValue, end))
            {
                return;
            }

            _toAdopt.Clear();
        }

        _toAdopt = null;
        DropReader();
        if (!IsTailTrue(end))
        {
            return;
        }

        _believed = long.MaxValue;
        _doubted = 0;
        TakeHistory(writer.Line);
        judge.Follow(History());
        RestoreOpenLines(writer.Line, end);
        writer.Save();
        lock (_gate)
        {
            _adopted = true;
        }

        Publish();
    }

    private Queue<long> BeginAdopting(in JournalEnd end)
    {
        var writer = _parts!.Writer;
        var last = end.Segment;
        long[] segments = [.. SegmentName.List(_directory).Where(segment => segment <= last)];
        _lastJudge = null;
        var plain = Math.Min(History().PlainUntil, end.NextLine);
        if (segments.Length == 0)
        {
            writer.MoveTo(_line, _seq);
            return new Queue<long>();
        }

        if (plain >= segments[0])
        {
            // Before the first filter numbers are lines.
            var begin = segments.Last(segment => segment <= plain);
            writer.MoveTo(begin, begin);
            return new Queue<long>(plain < end.NextLine ? segments.Where(segment => segment >= begin) : []);
        }

        writer.MoveTo(segments[0], OldestSeq(segments, end));
        lock (_gate)
        {
            _segments.RemoveAll(segment => segment.FirstLine < segments[0]);
        }

        return new Queue<long>(segments);
    }

    // False: here ends what is numbered.
    private bool AdoptSegment(long segment, long next, in JournalEnd end)
    {
        var writer = _parts!.Writer;
        var limit = Math.Min(next, end.NextLine);
        var seed = SeqWriter.SeedOf(_directory, segment);
        using var file = SeqFile.OpenToRead(_directory, segment);
        var firstSeq = 0L;
        var begun = file is not null && SeqFile.TryReadHeader(file, segment, seed, out firstSeq);
        writer.Save();
        writer.MoveTo(segment, firstSeq >= writer.Seq ? firstSeq : writer.Seq + Math.Max(0, segment - writer.Line));
        if (begun && firstSeq == writer.Seq)
        {
            writer.Continue(segment, firstSeq, seed);
        }
        else
        {
            writer.Begin(segment);
        }

        Note(new SeqSegment(segment, writer.Seq, seed));
        var count = file is null ? 0 : SeqFile.Count(file);
        while (writer.Line < limit && writer.Tail.Count == 0)
        {
            var index = (writer.Line - segment) / SeqRecord.Lines;
            if (index < count && SeqFile.TryRead(file!, segment, seed, index, out var record) && Fits(record, limit, last: index == count - 1) && record.FirstLine < _believed)
            {
                writer.Save();
                writer.Jump(record.FirstSeq);
                writer.Take(record.NextLine > limit ? record.CutTo((int)(limit - record.FirstLine)) : record);
                _lastJudge = record.Fingerprint;
                continue;
            }

            if (FindAnchor(index + 1) is { } anchor)
            {
                Mend(anchor.Line, anchor.Seq, end);
            }
            else
            {
                break;
            }
        }

        if (writer.Line >= limit)
        {
            return next <= limit;
        }

        // The index of a segment behind this one says that all before it was numbered.
        if (next <= limit && next < _believed && FirstKnown(_toAdopt!) is { } behind)
        {
            Mend(behind.Line, Math.Max(writer.Seq, behind.Seq), end);
            while (_toAdopt!.TryPeek(out var passed) && passed < behind.Line)
            {
                _toAdopt.Dequeue();
            }

            return true;
        }

        var had = Math.Min(segment + (count * SeqRecord.Lines), limit);
        if (writer.Tail.Count == 0 && had - writer.Line >= SeqRecord.Lines && !_parts.Judge.Knows(writer.Line, had))
        {
            Lose(had - ((had - segment) % SeqRecord.Lines), seq: null);
        }

        if (writer.Tail.Count == 0)
        {
            SeqFile.Cut(_directory, segment, (writer.Line - segment) / SeqRecord.Lines);
        }

        return false;

        (long Line, long Seq)? FindAnchor(long from)
        {
            for (var index = from; index < count; index++)
            {
                var line = segment + (index * SeqRecord.Lines);
                if (line < limit
                    && line < _believed
                    && SeqFile.TryRead(file!, segment, seed, index, out var record)
                    && record.FirstSeq >= writer.Seq
                    && record.FirstSeq - writer.Seq <= line - writer.Line)
                {
                    return (line, record.FirstSeq);
                }
            }

            return null;
        }
    }

    // After a loss of power the index may have reached the disk and the journal's end not, and other lines came to be in its place. Then the last record's time
    // is not the one of its last line; records before it are tried, in growing steps.
    private bool IsTailTrue(in JournalEnd end)
    {
        var last = _parts!.Writer.Line - 1;
        if (RecordBefore(last + 1) is not { TimeNs: not 0 } tail || tail.NextLine != last + 1)
        {
            return true;
        }

        using var reader = JournalReader.Open(_directory);
        reader.Seek(last, end);
        while (reader.TryRead(end, out var entry) && entry.Line <= last)
        {
            if (entry.Kind == EntryKind.Line && entry.Line == last && entry.TimeNs == tail.TimeNs)
            {
                return true;
            }
        }

        _doubted = Math.Max(1, _doubted * 2);
        _believed = Math.Max(1, tail.FirstLine - ((_doubted - 1) * SeqRecord.Lines));
        return false;
    }

    private bool Fits(SeqRecord record, long limit, bool last) =>
        record.FirstSeq >= _parts!.Writer.Seq && (record.Count == SeqRecord.Lines || record.NextLine >= limit || last);

    // Numbers the lines up to one whose number is known.
    private void Mend(long line, long seq, in JournalEnd end)
    {
        var (judge, writer) = _parts!;
        if (!judge.Knows(writer.Line, line))
        {
            Lose(line, seq);
            return;
        }

        RestoreOpenLines(writer.Line, end);
        JudgeLines(line, end, long.MaxValue);
        DropReader();
        writer.Jump(seq);
    }

    // Nobody can tell which of these lines were shown: their numbers are not given again.
    private void Lose(long line, long? seq)
    {
        var (judge, writer) = _parts!;
        var most = writer.Seq + line - writer.Line;
        var segments = SegmentName.List(_directory);
        while (writer.Line < line)
        {
            if (writer.Line != writer.Segment && Array.BinarySearch(segments, writer.Line) >= 0)
            {
                writer.Begin(writer.Line);
                Note(new SeqSegment(writer.Segment, writer.Seq, writer.Seed));
            }

            writer.Add(shown: false, judge.Fingerprint, open: false);
        }

        writer.Jump(seq ?? most);
    }

    // The number at the beginning of the oldest segment: those before it are gone.
    private long OldestSeq(long[] segments, in JournalEnd end)
    {
        var oldest = segments[0];
        lock (_gate)
        {
            var known = _segments.Find(segment => segment.FirstLine == oldest);
            if (known.FirstLine == oldest)
            {
                return known.FirstSeq;
            }
        }

        if (oldest == 1)
        {
            return 1;
        }

        if (HeaderSeq(oldest) is { } header)
        {
            return header;
        }

        if (FirstRecord(segments) is not { } anchor)
        {
            // No line has a higher number than its own.
            return oldest;
        }

        var shown = _parts!.Judge.Knows(oldest, anchor.Line) ? CountShown(oldest, anchor.Line, end) : anchor.Line - oldest;
        return Math.Max(1, anchor.Seq - shown);
    }

    // The first line whose number is known.
    private (long Line, long Seq)? FirstRecord(long[] segments)
    {
        foreach (var segment in segments)
        {
            if (HeaderSeq(segment) is { } header)
            {
                return (segment, header);
            }

            using var file = SeqFile.OpenToRead(_directory, segment);
            if (file is not null && FirstRecord(file, segment) is { } record)
            {
                return (record.FirstLine, record.FirstSeq);
            }
        }

        return null;
    }

    private SeqRecord? FirstRecord(SafeFileHandle file, long segment)
    {
        var seed = SeqWriter.SeedOf(_directory, segment);
        for (var index = 0L; index < SeqFile.Count(file); index++)
        {
            if (SeqFile.TryRead(file, segment, seed, index, out var record))
            {
                return record;
            }
        }

        return null;
    }

    // The first of these segments of whose numbers anything is known, and the number at its beginning, or the lowest that this can be.
    private (long Line, long Seq)? FirstKnown(IEnumerable<long> segments)
    {
        foreach (var segment in segments)
        {
            if (HeaderSeq(segment) is { } header)
            {
                return (segment, header);
            }

            using var file = SeqFile.OpenToRead(_directory, segment);
            if (file is not null && FirstRecord(file, segment) is { } record)
            {
                return (segment, Math.Max(1, record.FirstSeq - (record.FirstLine - segment)));
            }
        }

        return null;
    }

    private long? HeaderSeq(long segment)
    {
        using var file = SeqFile.OpenToRead(_directory, segment);
        return file is not null && SeqFile.TryReadHeader(file, segment, SeqWriter.SeedOf(_directory, segment), out var seq) ? seq : null;
    }

    private long CountShown(long line, long until, in JournalEnd end)
    {
        var judge = new LineJudge(_filters);
        judge.Follow(History());
        using var reader = JournalReader.Open(_directory);
        reader.Seek(line, end);
        var shown = 0L;
        while (reader.TryRead(end, out var entry) && entry.Line < until)
        {
            if (entry.Kind == EntryKind.Line)
            {
                shown += judge.Shows(entry, entry.Memory) ? 1 : 0;
            }
            else
            {
                judge.Pass(entry);
            }
        }

        return shown;
    }

    // Which lines have begun before a line and go on: from the last record behind which none did.
    private void RestoreOpenLines(long line, in JournalEnd end)
    {
        var judge = _parts!.Judge;
        judge.Clear();
        var from = line;
        while (RecordBefore(from) is { Open: true } record)
        {
            from = record.FirstLine;
        }

        if (from == line)
        {
            return;
        }

        using var reader = JournalReader.Open(_directory);
        reader.Seek(from, end);
        SeqRecord at = default;
        while (reader.TryRead(end, out var entry) && entry.Line < line)
        {
            if (entry.Kind != EntryKind.Line)
            {
                judge.Pass(entry);
                continue;
            }

            if (!at.Holds(entry.Line))
            {
                at = RecordBefore(entry.Line + 1) ?? default;
            }

            judge.Pass(entry, at.Holds(entry.Line) && at.Shows((int)(entry.Line - at.FirstLine)));
        }
    }

    private SeqRecord? RecordBefore(long line)
    {
        var tail = _parts!.Writer.Tail;
        if (tail.Holds(line - 1))
        {
            return tail;
        }

        SeqSegment segment;
        lock (_gate)
        {
            if (!TryFindSegment_NeedsLock(line - 1, out segment))
            {
                return null;
            }
        }

        _parts.Writer.Save();
        using var file = SeqFile.OpenToRead(_directory, segment.FirstLine);
        return file is not null && SeqFile.TryRead(file, segment.FirstLine, segment.Seed, segment.IndexOf(line - 1), out var record) && record.Holds(line - 1) ? record : null;
    }

    // What the index says of its last line is more than what was believed.
    private void TakeHistory(long line)
    {
        lock (_gate)
        {
            var history = _history ?? FilterHistory.Of(_fingerprint);
            if (!history.HasChanges && _lastJudge is { } last && last != history.Current)
            {
                history = FilterHistory.Of(last);
            }

            if (history.Current == _fingerprint && history == _history)
            {
                return;
            }

            history = history.Current == _fingerprint ? history : history.With(line, _fingerprint);
            Volatile.Write(ref _history, history.IsPlain ? null : history);
            SaveHistory_NeedsLock(history);
        }
    }

    private FilterHistory History()
    {
        lock (_gate)
        {
            return _history ?? FilterHistory.Of(0);
        }
    }
}
