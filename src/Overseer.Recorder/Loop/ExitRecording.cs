using Overseer.Recorder.Journal;
using Overseer.Recorder.Wire;

namespace Overseer.Recorder.Loop;

/// <summary>
/// What is done when a process ends: what its pipes hold at that moment is recorded, its unfinished lines are finished, and the exit follows them in the journal. A descendant that
/// keeps a pipe open delays none of this; what it prints later is recorded after the exit.
/// The server is told of the exit at once in any case. When the journal has no room, the record follows later; where nothing may be dropped, so does what the pipes held, in its place before
/// the record. If the recorder dies before there is room, that record is missing, as are bytes whose pipe the server has let go.
/// </summary>
internal sealed class ExitRecording(RecorderState state)
{
    private readonly Queue<OpenJournal> _waitingForRoom = new();
    private readonly List<Run> _waitingForStatus = [];

    /// <summary>Whether anything waits for room in a journal that has none.</summary>
    internal bool Waiting => _waitingForRoom.Count > 0;

    /// <summary>The process is a zombie, or somebody else has waited for it.</summary>
    /// <param name="run">Its run.</param>
    /// <param name="waitedFor">It has been waited for: its descriptor has no more to say.</param>
    internal void Ended(Run run, bool waitedFor = false)
    {
        if (run.Exit is not null)
            return;
        state.Pass.Urgent();
        if (run.EndSeenNs == 0)
            run.EndSeenNs = state.Pass.TimeNs;
        if (ExitSource.Look(run, state.Pass.NowNs) is { } status)
            Finish(run, status);
        else if (run.Adopted)
            Await(run, waitedFor);
    }

    /// <summary>The server says how it ended.</summary>
    internal void Given(Run run, ExitStatus status)
    {
        if (run.Exit is not null)
            return;
        run.GivenExit = status;
        Ended(run);
    }

    /// <summary>Milliseconds until the exit status of a process counts as unknown; -1 when none is waited for.</summary>
    internal int Timeout(long nowNs)
    {
        int timeout = -1;
        foreach (var run in _waitingForStatus)
        {
            int left = (int)Math.Clamp(((run.AwaitsStatusSinceNs + run.StatusPatienceNs - nowNs) / 1_000_000) + 1, 0, int.MaxValue);
            timeout = timeout < 0 ? left : Math.Min(timeout, left);
        }
        return timeout;
    }

    /// <summary>Ends the wait for what has not come.</summary>
    internal void LookForStatus(long nowNs)
    {
        for (int i = _waitingForStatus.Count - 1; i >= 0; i--)
        {
            var run = _waitingForStatus[i];
            if (!run.AwaitsStatus(nowNs))
                Ended(run);
        }
    }

    /// <summary>A stream has ended, and there is no room to say how much of it is missing.</summary>
    internal void Owe(OutputPipe pipe)
    {
        var run = pipe.Run;
        bool waits = run.Owes;
        if (pipe.Stream == OutputStream.Stdout)
            run.OwedStdout += pipe.Dropped;
        else
            run.OwedStderr += pipe.Dropped;
        if (!waits)
            WaitForRoom(run);
    }

    /// <summary>The run comes with something that its journal lacks.</summary>
    internal void Owing(Run run) => WaitForRoom(run);

    /// <summary>Something of that journal waits for room.</summary>
    internal void LookForRoom(OpenJournal journal)
    {
        if (journal.AwaitsRoom)
            return;
        journal.AwaitsRoom = true;
        _waitingForRoom.Enqueue(journal);
    }

    /// <summary>Tries again to write what found no room.</summary>
    internal void Retry()
    {
        for (int i = _waitingForRoom.Count; i > 0; i--)
        {
            var journal = _waitingForRoom.Dequeue();
            journal.AwaitsRoom = false;
            if (state.Streams.HasRoomAgain(journal))
                RetryIn(journal);
            if (journal.NeedsRoom)
                LookForRoom(journal);
        }
    }

    private void Finish(Run run, ExitStatus status)
    {
        if (status == ExitStatus.Unknown)
            state.Log($"how run {run.Id:N} (pid {run.Pid}) ended is not known: nobody who could tell has");
        state.Streams.Drain(run.Stdout);
        state.Streams.Drain(run.Stderr);
        run.Exit = new ExitRecord(
            run.Id,
            run.Pid,
            run.Ordinal,
            status.ExitCode,
            status.Signal,
            status.UserMicroseconds,
            status.SystemMicroseconds,
            status.MaxRssKilobytes);
        run.ExitedNs = status.TimeNs > 0 ? status.TimeNs : run.EndSeenNs;
        if (run.AwaitsStatusSinceNs != 0)
            _waitingForStatus.Remove(run);
        if (run.Process is { } process)
        {
            state.Poller.Remove(process);
            _ = Libc.Close(process.Descriptor);
            run.Process = null;
        }
        RunInputs.End(run);
        state.Runs.Ended(run);
        Record(run);
        state.Outbox.Add(new Notice(MessageKind.RunExited, run));
        if (!run.NeedsJournal)
            state.Settled(run);
    }

    private void Await(Run run, bool waitedFor)
    {
        if (run.AwaitsStatusSinceNs == 0)
        {
            run.AwaitsStatusSinceNs = state.Pass.NowNs;
            _waitingForStatus.Add(run);
            // That it has ended would be told for ever. A hang-up is told whatever is asked for: it has been waited for, and the kernel may know more.
            if (run.Process is not null)
                state.Poller.Change(run.Process, 0);
        }
        if (waitedFor && run.Process is not null)
            state.Poller.Remove(run.Process);
    }

    private void RetryIn(OpenJournal journal)
    {
        while (journal.Waiting is { } waiting && waiting.TryPeek(out var run))
        {
            if (!TrySettle(run))
                return;
            waiting.Dequeue();
            state.Outbox.Advanced(journal);
            if (!run.NeedsJournal)
                state.Settled(run);
        }
        if (journal.Held is { Count: > 0 })
            state.Streams.Release(journal);
    }

    private bool TrySettle(Run run)
    {
        if (run.Stdout is { Left: > 0 } stdout && !state.Streams.TryDrain(stdout))
            return false;
        if (run.Stderr is { Left: > 0 } stderr && !state.Streams.TryDrain(stderr))
            return false;
        if (run.OwedStdout > 0 && !state.Streams.RecordGap(run, OutputStream.Stdout, run.OwedStdout))
            return false;
        run.OwedStdout = 0;
        if (run.OwedStderr > 0 && !state.Streams.RecordGap(run, OutputStream.Stderr, run.OwedStderr))
            return false;
        run.OwedStderr = 0;
        if (run.ExitUnrecorded && !TryAppend(run))
            return false;
        run.ExitUnrecorded = false;
        return true;
    }

    private void Record(Run run)
    {
        var journal = run.Journal;
        state.Streams.RecordGaps(run);
        if (journal.Waiting is not { Count: > 0 } && !run.HasLeft && TryAppend(run))
            return;
        bool waits = run.Owes;
        run.ExitUnrecorded = true;
        if (!waits)
            WaitForRoom(run);
        var end = journal.End;
        run.ExitChunk = new JournalPosition(end.Segment, end.Offset, 0);
        run.ExitEnd = end;
    }

    private void WaitForRoom(Run run)
    {
        var journal = run.Journal;
        journal.Waiting ??= new Queue<Run>();
        journal.Waiting.Enqueue(run);
        LookForRoom(journal);
    }

    private bool TryAppend(Run run)
    {
        var journal = run.Journal;
        try
        {
            run.ExitChunk = journal.Writer.AppendExited(run.Exit!, run.ExitedNs);
        }
        catch (JournalException e)
        {
            state.Streams.NoRoom(journal, e.Message);
            return false;
        }
        run.ExitEnd = journal.End;
        return true;
    }
}
