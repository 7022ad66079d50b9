using System.Runtime.InteropServices;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Journal;
using Overseer.Recorder.Wire;

namespace Overseer.Recorder.Loop;

/// <summary>
/// What is done when a process ends: what its pipes hold at that moment is recorded, its unfinished lines are finished, and the exit follows them in the journal. A descendant that
/// keeps a pipe open delays none of this; what it prints later is recorded after the exit.
/// </summary>
internal sealed unsafe class ExitRecording(RecorderState state)
{
    private readonly Queue<OpenJournal> _waitingForRoom = new();

    /// <summary>Whether exits wait to be written into a journal that has no room.</summary>
    internal bool Waiting => _waitingForRoom.Count > 0;

    /// <summary>The process is a zombie, or somebody else has reaped it.</summary>
    internal void Ended(Run run)
    {
        if (run.Process is null)
            return;
        state.Pass.Urgent();
        state.Streams.Drain(run.Stdout);
        state.Streams.Drain(run.Stderr);
        SignalInfo info;
        ResourceUsage usage;
        int errno = 0;
        info.Pid = 0;
        if (Libc.WaitId(Libc.P_PID, run.Pid, &info, Libc.WEXITED | Libc.WNOHANG, &usage) != 0)
            errno = Marshal.GetLastPInvokeError();
        if (errno == Errno.EINTR || (errno == 0 && info.Pid == 0))
            return;

        bool known = errno == 0;
        if (!known)
            state.Log($"the exit code of run {run.Id:N} (pid {run.Pid}) is lost, somebody else has waited for it: {Errno.Describe(errno)}");
        // The largest resident set counts from the moment of the spawn, when the child still is the recorder: it is never less than the recorder's own.
        bool exited = known && info.Code == SignalInfo.CldExited;
        run.Exit = new ExitRecord(
            run.Id,
            run.Pid,
            run.Ordinal,
            exited ? info.Status : -1,
            known && !exited ? info.Status : 0,
            known ? Microseconds(usage.UserSeconds, usage.UserMicroseconds) : 0,
            known ? Microseconds(usage.SystemSeconds, usage.SystemMicroseconds) : 0,
            known ? usage.MaxResidentKilobytes : 0);
        run.ExitedNs = state.Pass.TimeNs;
        state.Poller.Remove(run.Process);
        _ = Libc.Close(run.Process.Descriptor);
        run.Process = null;
        state.Runs.Ended(run);
        Record(run);
        state.Outbox.Add(new Notice(MessageKind.RunExited, run));
        if (!run.NeedsJournal)
            state.Journals.Release(run.Journal);
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

    /// <summary>Tries again to write what found no room.</summary>
    internal void Retry()
    {
        for (int i = _waitingForRoom.Count; i > 0; i--)
        {
            var journal = _waitingForRoom.Dequeue();
            if (state.Streams.HasRoomAgain(journal))
                RetryIn(journal);
            if (journal.Waiting!.Count > 0)
                _waitingForRoom.Enqueue(journal);
        }
    }

    private static long Microseconds(long seconds, long microseconds) => (seconds * 1_000_000) + microseconds;

    private void RetryIn(OpenJournal journal)
    {
        while (journal.Waiting!.TryPeek(out var run))
        {
            if (!TrySettle(run))
                return;
            journal.Waiting.Dequeue();
            state.Outbox.Advanced(journal);
            if (!run.NeedsJournal)
                state.Journals.Release(journal);
        }
    }

    private bool TrySettle(Run run)
    {
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

    /// <summary>The server is told of the exit at once in any case; without room its record follows later.</summary>
    private void Record(Run run)
    {
        var journal = run.Journal;
        state.Streams.RecordGaps(run);
        if (journal.Waiting is not { Count: > 0 } && TryAppend(run))
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
        if (journal.Waiting.Count == 0)
            _waitingForRoom.Enqueue(journal);
        journal.Waiting.Enqueue(run);
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
