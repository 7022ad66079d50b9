using Overseer.Recorder.Journal;

namespace Overseer.Streams.SeqIndex;

// One turn of judging: begun at the frontier, ended by Commit or Abandon on the same thread.
internal sealed partial class SeqNumbering
{
    private readonly Lock _judging = new();
    private bool _isBusy;

    /// <summary>Whether a catch-up is at work: who begins a turn now may have to wait some milliseconds.</summary>
    public bool IsBusy => Volatile.Read(ref _isBusy);

    /// <summary>The number that the next line gets if it is shown; during a turn.</summary>
    public long NextSeq => _parts!.Writer.Seq;

    /// <summary>Begins a turn if a line is the next to be numbered; waits for the turn of another.</summary>
    public bool TryBegin(long line)
    {
        _judging.Enter();
        lock (_gate)
        {
            if (_adopted && _line == line)
            {
                Parts_NeedsLock();
                return true;
            }
        }

        _judging.Exit();
        return false;
    }

    /// <summary>Judges and numbers a line; lines that are missing before it keep their numbers.</summary>
    public bool Judge(in JournalEntry entry, ReadOnlyMemory<byte> line)
    {
        var parts = _parts!;
        var (judge, writer) = (parts.Judge, parts.Writer);
        if (entry.Segment != writer.Segment || entry.Line != writer.Line)
        {
            Reach(entry.Line, entry.Segment);
        }

        var shown = judge.Shows(entry, line);
        writer.Add(shown, judge.Fingerprint, judge.IsInsideLine, entry.TimeNs);
        return shown;
    }

    /// <summary>Takes in an entry that is no line.</summary>
    public void Pass(in JournalEntry entry)
    {
        var (judge, writer) = _parts!;
        judge.Pass(entry);
        if (entry.Line > writer.Line)
        {
            Reach(entry.Line, entry.Segment);
        }
    }

    /// <summary>Ends a turn: its numbers are written down and known to all.</summary>
    /// <exception cref="IOException">They cannot be written, and more is not kept.</exception>
    public void Commit()
    {
        try
        {
            _parts!.Writer.Save();
            Publish();
        }
        finally
        {
            _judging.Exit();
        }
    }

    /// <summary>Ends a turn that failed: its lines are judged again.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            _adopted = false;
        }

        _judging.Exit();
    }

    private void Publish()
    {
        var writer = _parts!.Writer;
        lock (_gate)
        {
            (_line, _seq, _tail, _unsaved) = (writer.Line, writer.Seq, writer.Tail, writer.Unsaved());
            _adopted &= !writer.IsLost;
            if (_unsavedHistory is { } history)
            {
                SaveHistory_NeedsLock(history);
            }

            if (_marks.Count == 0)
            {
                return;
            }
        }

        ResolveMarks();
    }

    // Goes to a line from an earlier one: into another segment, or over lines that are missing. Nobody knows what was in those: each keeps a number.
    private void Reach(long line, long segment)
    {
        var (judge, writer) = _parts!;
        if (segment != writer.Segment)
        {
            if (writer.Segment == 0 && segment < writer.Line && writer.Line == writer.Seq)
            {
                // The first filter came in the middle of this segment: its index begins with lines that are their own numbers.
                writer.MoveTo(segment, segment);
            }

            writer.Begin(segment);
            Note(new SeqSegment(segment, writer.Seq, writer.Seed));
        }

        while (writer.Line < line)
        {
            writer.Add(shown: true, judge.Fingerprint, judge.IsInsideLine);
        }
    }

    private void Note(SeqSegment segment)
    {
        lock (_gate)
        {
            _segments.RemoveAll(known => known.FirstLine >= segment.FirstLine);
            _segments.Add(segment);
        }
    }

    private void Parts_NeedsLock()
    {
        if (_parts is null)
        {
            _parts = new Parts(new LineJudge(_filters), new SeqWriter(_directory));
            _parts.Writer.MoveTo(_line, _seq);
        }

        _parts.Judge.Follow(_history ?? FilterHistory.Of(0));
    }
}
