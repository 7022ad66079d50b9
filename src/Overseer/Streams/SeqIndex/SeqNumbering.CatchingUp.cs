using Overseer.Recorder.Journal;

namespace Overseer.Streams.SeqIndex;

// Numbering what nobody has read: in turns on the lane, or at once on the caller's thread.
internal sealed partial class SeqNumbering
{
    private const long TurnBytes = 512 * 1024;
    private const long TurnLines = 64 * 1024;

    private JournalReader? _reader;
    private JournalEnd _readTo;
    private JournalEnd _target;
    private bool _queued;
    private bool _retired;
    private TaskCompletionSource? _done;
    private Exception? _failure;

    /// <summary>Whether lines before an end have no number yet.</summary>
    public bool IsBehind(in JournalEnd end)
    {
        if (IsPlain)
        {
            return false;
        }

        lock (_gate)
        {
            return IsBehind_NeedsLock(end);
        }
    }

    /// <summary>Numbers all lines before an end on the pool. Completes when that is done, or has failed: the next who reads is told why.</summary>
    public Task NumberAsync(in JournalEnd end)
    {
        if (!IsBehind(end))
        {
            return Task.CompletedTask;
        }

        lock (_gate)
        {
            _failure = null;
            Request_NeedsLock(end);
            _done ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _done.Task;
        }
    }

    /// <summary>The same; <see cref="CaughtUp"/> is told.</summary>
    /// <exception cref="IOException">It was tried and has failed.</exception>
    public void Request(in JournalEnd end)
    {
        lock (_gate)
        {
            if (_failure is { } failure)
            {
                throw new IOException(failure.Message, failure);
            }

            Request_NeedsLock(end);
        }
    }

    /// <summary>Forgets why a catch-up has failed: it may be tried again.</summary>
    public void Forgive()
    {
        lock (_gate)
        {
            _failure = null;
        }
    }

    /// <summary>Numbers all lines before an end on the caller's thread, without <see cref="CaughtUp"/>.</summary>
    /// <exception cref="IOException">The journal cannot be read, or its index not be written.</exception>
    public void NumberNow(in JournalEnd end)
    {
        while (IsBehind(end))
        {
            Advance(end);
        }
    }

    /// <summary>Whether a catch-up is under way.</summary>
    public bool IsCatchingUp
    {
        get
        {
            lock (_gate)
            {
                return _queued;
            }
        }
    }

    /// <summary>The task is forgotten, and its journal about to be deleted: a catch-up that is under way ends.</summary>
    public void Retire() => Volatile.Write(ref _retired, true);

    /// <summary>A turn of the catch-up that was asked for; true when there is more.</summary>
    public bool TakeTurn()
    {
        JournalEnd target;
        lock (_gate)
        {
            target = _target;
        }

        Exception? failure = null;
        try
        {
            if (Volatile.Read(ref _retired))
            {
                throw new IOException("the task is known no more");
            }

            Advance(target);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            failure = e;
        }

        TaskCompletionSource? done;
        lock (_gate)
        {
            if (failure is null && IsBehind_NeedsLock(_target))
            {
                return true;
            }

            _failure = failure;
            _queued = false;
            done = _done;
            _done = null;
        }

        done?.SetResult();
        CaughtUp?.Invoke();
        return false;
    }

    private bool IsBehind_NeedsLock(in JournalEnd end) => end.Segment != 0 && (!_adopted || _line < end.NextLine);

    private void Request_NeedsLock(in JournalEnd end)
    {
        _target = end.NextLine > _target.NextLine ? end : _target;
        if (!_queued)
        {
            _queued = true;
            _lane.Add(this);
        }
    }

    // A piece of what is missing: of the index on the disk, or of the journal.
    private void Advance(in JournalEnd end)
    {
        _judging.Enter();
        Volatile.Write(ref _isBusy, true);
        try
        {
            bool adopted;
            lock (_gate)
            {
                adopted = _adopted;
                Parts_NeedsLock();
            }

            if (!adopted)
            {
                Adopt(end);
            }
            else
            {
                JudgeOn(end);
            }
        }
        catch
        {
            // What was adopted so far is not remembered: the next turn begins with the oldest segment again.
            DropReader();
            _toAdopt = null;
            lock (_gate)
            {
                _adopted = false;
            }

            throw;
        }
        finally
        {
            Volatile.Write(ref _isBusy, false);
            _judging.Exit();
        }
    }

    private void JudgeOn(in JournalEnd end)
    {
        var writer = _parts!.Writer;
        if (writer.Line < end.NextLine && !TryShowAll(end) && JudgeLines(end.NextLine, end, TurnBytes))
        {
            DropReader();
        }

        writer.Save();
        Publish();
    }

    // Reads on and judges up to a line; false when the turn was over before.
    private bool JudgeLines(long until, in JournalEnd end, long mostBytes)
    {
        var writer = _parts!.Writer;
        if (_reader is null || _reader.NextLine > writer.Line)
        {
            DropReader();
            _reader = JournalReader.Open(_directory);
            _reader.Seek(writer.Line, end);
        }

        if (end.NextLine > _readTo.NextLine || end.Segment > _readTo.Segment)
        {
            _readTo = end;
        }

        var bytes = 0L;
        while (writer.Line < until)
        {
            if (bytes > mostBytes)
            {
                return false;
            }

            if (!_reader.TryRead(_readTo, out var entry))
            {
                // Behind the last line that is there, numbers up to the end are of lines that are not.
                var to = Math.Min(until, end.NextLine);
                Reach(to, SegmentOf(to - 1));
                return true;
            }

            bytes += entry.Data.Length + 1;
            if (entry.Line < writer.Line)
            {
                continue;
            }

            if (entry.Kind == EntryKind.Line)
            {
                Judge(entry, entry.Memory);
            }
            else
            {
                Pass(entry);
            }
        }

        return true;
    }

    // Lines that no filter judges are numbered without being read; those before the first filter have no index at all.
    private bool TryShowAll(in JournalEnd end)
    {
        var (judge, writer) = _parts!;
        if (!judge.ShowsAll(writer.Line, out var until))
        {
            return false;
        }

        DropReader();
        until = Math.Min(until, end.NextLine);
        var segments = SegmentName.List(_directory);
        var most = writer.Line + TurnLines;
        while (writer.Line < until && writer.Line < most)
        {
            var next = Array.Find(segments, segment => segment > writer.Line);
            next = next == 0 ? long.MaxValue : next;
            if (writer.Segment == 0 && writer.Line == writer.Seq && next <= Plain())
            {
                writer.MoveTo(next, next);
                continue;
            }

            var segment = segments.LastOrDefault(first => first <= writer.Line);
            var to = Math.Min(Math.Min(next, until), most);
            if (segment == 0)
            {
                // Deleted before it was numbered.
                segment = next;
                to = Math.Max(to, next);
            }

            Reach(to, segment);
        }

        return true;
    }

    // Where a line is, or would be.
    private long SegmentOf(long line)
    {
        var segments = SegmentName.List(_directory);
        var at = Array.BinarySearch(segments, line);
        return segments.Length == 0 ? line : segments[at >= 0 ? at : Math.Max(0, ~at - 1)];
    }

    private long Plain()
    {
        lock (_gate)
        {
            return _history?.PlainUntil ?? long.MaxValue;
        }
    }

    private void DropReader()
    {
        _reader?.Dispose();
        _reader = null;
        _readTo = default;
    }
}
