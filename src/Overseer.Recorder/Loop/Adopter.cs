using Overseer.Recorder.Interop;
using Overseer.Recorder.Journal;
using Overseer.Recorder.Spawning;
using Overseer.Recorder.Wire;

namespace Overseer.Recorder.Loop;

/// <summary>
/// Goes on with the runs of a recorder that died. What must hold: nothing that run has printed is missing or there twice (what had left its pipe is in the journal, whose torn end has been
/// repaired; what had not is in the pipe), its start and its exit are in the journal once, and the server hears all of it as for a run of this recorder's own.
/// What cannot be done now (the dead recorder's disk is stuck, the disk is full, no descriptors) is tried again.
/// </summary>
internal sealed class Adopter(RecorderState state) : IDisposable
{
    private const long RetryNs = 200_000_000;
    private const long LongestRetryNs = 5_000_000_000;

    private readonly List<Adoption> _waiting = [];

    // Adopted runs were started before all that this recorder has started itself.
    private long _sequence = long.MinValue;
    private long _retryNs = RetryNs;
    private long _retryAtNs;

    /// <summary>Runs that it could not take over yet.</summary>
    internal IReadOnlyList<Adoption> Waiting => _waiting;

    /// <summary>The descriptors are this method's to close. A run that is known already is reported again.</summary>
    /// <exception cref="InvalidDataException">The request is not well-formed.</exception>
    internal void Adopt(in HandoverMessage message, ReadOnlySpan<int> descriptors)
    {
        state.Pass.Urgent();
        var adoption = new Adoption(in message, descriptors);
        if (state.Runs.TryGet(message.RunId, out var known))
        {
            adoption.Dispose();
            state.Outbox.Report(known!);
            if (adoption.Exit is { } exit)
                state.Exits.Given(known!, exit);
            return;
        }
        Drop(message.RunId);
        if (TryAdopt(adoption))
            return;
        if (_waiting.Count == 0)
        {
            _retryNs = RetryNs;
            _retryAtNs = state.Pass.NowNs + _retryNs;
        }
        _waiting.Add(adoption);
    }

    /// <summary>The server says how a run ended that could not be taken over yet.</summary>
    internal void Given(Guid runId, ExitStatus status)
    {
        foreach (var adoption in _waiting)
        {
            if (adoption.Message.RunId == runId)
                adoption.Exit = status;
        }
    }

    /// <summary>The server has ended the input of a run that could not be taken over yet.</summary>
    internal void CloseInput(Guid runId) => _waiting.Find(adoption => adoption.Message.RunId == runId)?.CloseInput();

    /// <summary>Milliseconds until the next attempt; -1 when none is due.</summary>
    internal int Timeout(long nowNs) => _waiting.Count == 0 ? -1 : (int)Math.Clamp(((_retryAtNs - nowNs) / 1_000_000) + 1, 0, int.MaxValue);

    internal void Retry(long nowNs)
    {
        if (_waiting.Count == 0 || nowNs < _retryAtNs)
            return;
        _waiting.RemoveAll(TryAdopt);
        _retryNs = Math.Min(_retryNs * 2, LongestRetryNs);
        _retryAtNs = nowNs + _retryNs;
    }

    public void Dispose()
    {
        foreach (var adoption in _waiting)
            adoption.Dispose();
        _waiting.Clear();
    }

    private void Drop(Guid runId)
    {
        int at = _waiting.FindIndex(adoption => adoption.Message.RunId == runId);
        if (at < 0)
            return;
        _waiting[at].Dispose();
        _waiting.RemoveAt(at);
    }

    private bool TryAdopt(Adoption adoption)
    {
        OpenJournal? journal = null;
        try
        {
            journal = state.Journals.Use(adoption.Message.JournalId, HandoverCodec.JournalOf(adoption.Message));
            if (AdoptedProcess.TryFind(adoption, out bool alive) && TryFollow(adoption, journal, alive, Look(adoption, journal, alive)))
                return true;
            Waits(adoption, "no descriptors left");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            Waits(adoption, e.Message);
        }
        if (journal is not null)
            state.Journals.Release(journal);
        return false;
    }

    private void Waits(Adoption adoption, string reason)
    {
        if (adoption.SaidWaits)
            return;
        adoption.SaidWaits = true;
        state.Log($"cannot take over run {adoption.Message.RunId:N} (pid {adoption.Message.Pid}) yet: {reason}");
    }

    /// <summary>What the journal says of the run. Not looked for when nothing depends on it: large journals take a while.</summary>
    private static RunTrace? Look(Adoption adoption, OpenJournal journal, bool alive) =>
        alive && adoption.Is(HandoverFlags.StartReported) && !LosesStdout(adoption) && !LosesStderr(adoption)
            ? null
            : RunSearch.Find(journal.Writer.Place, journal.End, adoption.Message.RunId, adoption.Message.Run);

    /// <summary>False: a descriptor cannot be waited for now.</summary>
    private bool TryFollow(Adoption adoption, OpenJournal journal, bool alive, RunTrace? trace)
    {
        var run = NewRun(adoption, journal, alive, trace);
        if (!Watch(run))
            return false;
        state.Runs.Add(run);
        Complete(adoption, run, trace);
        if (run.Process is null && adoption.PidFd >= 0)
            _ = Libc.Close(adoption.PidFd);
        state.Inputs.Take(run, adoption, alive);
        adoption.PidFd = adoption.Stdout = adoption.Stderr = adoption.Stdin = -1;
        state.Outbox.Report(run, ropes: false);
        state.Outbox.Advanced(journal);
        state.Log($"goes on with run {run.Id:N} (pid {run.Pid}): {(run.Exit is not null ? "its exit is recorded" : alive ? "it lives" : "it has ended")}");
        if (run.Owes)
            state.Exits.Owing(run);
        else if (!run.NeedsJournal)
            state.Settled(run);
        if (run.Exit is null && !alive)
            state.Exits.Ended(run);
        return true;
    }

    private Run NewRun(Adoption adoption, OpenJournal journal, bool alive, RunTrace? trace)
    {
        var message = adoption.Message;
        bool gone = adoption.Is(HandoverFlags.Gone);
        var run = new Run
        {
            Id = message.RunId,
            Ordinal = message.Run,
            Journal = journal,
            Sequence = _sequence++,
            Pid = message.Pid,
            ProcessStartTime = message.ProcessStartTime != 0 || !alive ? message.ProcessStartTime : ProcessStat.StartTime(message.Pid),
            StartedNs = message.StartedNs != 0 ? message.StartedNs : state.Pass.TimeNs,
            Adopted = true,
            NothingToAwait = gone,
            GivenExit = adoption.Exit,
        };
        run.Stdout = NewPipe(run, adoption.Stdout, OutputStream.Stdout, message.DroppedStdout);
        run.Stderr = NewPipe(run, adoption.Stderr, OutputStream.Stderr, message.DroppedStderr);
        if (run.Stdout is null)
            run.OwedStdout = message.DroppedStdout;
        if (run.Stderr is null)
            run.OwedStderr = message.DroppedStderr;
        if (trace?.Exit is { } exit)
        {
            run.Exit = exit;
            run.ExitChunk = trace.ExitChunk;
            run.ExitEnd = trace.ExitEnd;
            run.ExitedNs = trace.ExitedNs;
        }
        else if (adoption.PidFd >= 0)
        {
            run.Process = new RunExit(state, run, adoption.PidFd);
        }
        return run;
    }

    private OutputPipe? NewPipe(Run run, int descriptor, OutputStream stream, long dropped) =>
        descriptor < 0 ? null : new OutputPipe(state.Streams, descriptor, stream) { Run = run, Dropped = dropped };

    private bool Watch(Run run)
    {
        ReadOnlySpan<EventSource?> sources = [run.Stdout, run.Stderr, run.Process];
        foreach (var source in sources)
        {
            if (source is null || state.Poller.Add(source, EpollEvent.In) == 0)
                continue;
            foreach (var added in sources)
            {
                if (added is not null)
                    state.Poller.Remove(added);
            }
            return false;
        }
        return true;
    }

    /// <summary>Writes what the journal lacks: the start, and that output is lost.</summary>
    private void Complete(Adoption adoption, Run run, RunTrace? trace)
    {
        try
        {
            if (trace is { Started: false } && !adoption.Is(HandoverFlags.StartReported))
                run.Journal.Writer.AppendStarted(run.Id, run.Pid, run.Ordinal, run.ProcessStartTime, run.StartedNs);
            bool stdout = LosesStdout(adoption);
            bool stderr = LosesStderr(adoption);
            if (run.Exit is not null || trace is null or { LossNoted: true } || !(stdout || stderr))
                return;
            if (stdout)
                state.Streams.CutLine(run, OutputStream.Stdout);
            if (stderr)
                state.Streams.CutLine(run, OutputStream.Stderr);
            var stream = stdout && stderr ? OutputStream.None : stdout ? OutputStream.Stdout : OutputStream.Stderr;
            run.Journal.Writer.AppendGap(GapReason.RecorderLost, 0, stream, run.Pid, run.Ordinal, state.Pass.TimeNs);
        }
        catch (JournalException e)
        {
            state.Streams.NoRoom(run.Journal, e.Message);
        }
    }

    private static bool LosesStdout(Adoption adoption) => adoption.Stdout < 0 && (adoption.Is(HandoverFlags.Gone) || !adoption.Is(HandoverFlags.StdoutClosed));

    private static bool LosesStderr(Adoption adoption) => adoption.Stderr < 0 && (adoption.Is(HandoverFlags.Gone) || !adoption.Is(HandoverFlags.StderrClosed));
}
