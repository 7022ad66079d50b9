using Overseer.Core.Tasks.Storage;

namespace Overseer.Core.Tasks;

/// <content>How a run is ended, and what it left behind swept.</content>
internal sealed partial class TaskMachine
{
    /// <summary>Kills what a stopped run left behind, without waiting for its grace time. Harmless when there is nothing.</summary>
    public void SweepNow(List<Effect> effects)
    {
        if (_leftover is not { } left) return;
        effects.Add(new Effect.CancelTimer(GraceTimer(left.RunId)));
        Sweep(left, effects);
    }

    /// <summary>Runs that are over: all that can still matter is what a stopped one left behind.</summary>
    private Transition ApplyToFormerRun(RunId run, TaskInput input, List<Effect> effects)
    {
        if (input is TaskInput.KillIncomplete incomplete) return KillIncomplete(incomplete, effects);
        if (_leftover is not { } left || left.RunId != run) return Transition.Ignored;
        switch (input)
        {
            case TaskInput.GraceEnded:
                Sweep(left, effects);
                return Transition.Done;
            case TaskInput.TreeGone:
                Settle(left);
                effects.Add(new Effect.CancelTimer(GraceTimer(run)));
                return Transition.Done;
            default:
                return Transition.Ignored;
        }
    }

    private Transition StopEnded(TaskInput.Stop stop, List<Effect> effects)
    {
        if (stop.Origin is { } origin) return Refuse(origin, "task is not running", effects);

        // The server ends: what an earlier stop left behind gets no more time than everything else.
        if (_leftover is not { } left || stop.Grace is not { } grace || grace >= Left(left.GraceEnds)) return Transition.Ignored;
        if (grace == TimeSpan.Zero)
        {
            SweepNow(effects);
            return Transition.Done;
        }

        _leftover = new Leftover(left.Record with { GraceEndsAt = _clock.GetUtcNow() + grace }, In(grace), left.StoppedBy);
        _changes.Put(_leftover.Record);
        effects.Add(new Effect.ArmTimer(GraceTimer(left.RunId), grace));
        return Transition.Done;
    }

    private Transition RememberStop(TaskInput.Stop stop, List<Effect> effects)
    {
        var run = _run!;
        StayAway(stop);
        if (!run.AddStop(stop.Origin)) return Refuse(stop.Origin!.Value, "task is still starting, and its stop was asked for already", effects);
        var grace = GraceOf(stop);
        if (run.Record.AskedGrace is not { } asked || (stop.Grace is not null && grace < asked)) Keep(run.Record with { AskedGrace = grace });

        // What a host does before a start, such as the pulling of an image, may take long: it can give that up.
        if (run.Record.Host is not null) Signal(run.Record, run.Record.StopSignal, effects);
        return Transition.Done;
    }

    private Transition Stop(TaskInput.Stop stop, List<Effect> effects)
    {
        _run!.AddStop(stop.Origin);
        return Stop(GraceOf(stop), effects);
    }

    /// <summary>Whoever wants the task stopped does not want it back in the queue.</summary>
    private void StayAway(TaskInput.Stop stop)
    {
        if (_standing.Requeue && (stop.Origin is not null || stop.Reason == DequeueReason.Shutdown)) _standing = _standing with { Requeue = false };
    }

    private Transition Stop(TimeSpan grace, List<Effect> effects)
    {
        if (grace == TimeSpan.Zero) return Kill(effects);
        var run = _run!;
        run.GraceEnds = In(grace);
        Keep(run.Record with { Phase = TaskPhase.Stopping, AskedGrace = grace, GraceEndsAt = _clock.GetUtcNow() + grace });
        Become(Status with { Phase = TaskPhase.Stopping }, effects);
        Signal(run.Record, run.Record.StopSignal, effects);
        effects.Add(new Effect.ArmTimer(GraceTimer(run.RunId), grace));
        return Transition.Done;
    }

    private Transition ShortenGrace(TaskInput.Stop stop, List<Effect> effects)
    {
        var run = _run!;
        StayAway(stop);
        run.AddStop(stop.Origin);
        if (stop.Grace is not { } grace || grace >= Left(run.GraceEnds)) return Transition.Ignored;
        if (grace == TimeSpan.Zero)
        {
            effects.Add(new Effect.CancelTimer(GraceTimer(run.RunId)));
            return Kill(effects);
        }

        run.GraceEnds = In(grace);
        Keep(run.Record with { AskedGrace = grace, GraceEndsAt = _clock.GetUtcNow() + grace });
        effects.Add(new Effect.ArmTimer(GraceTimer(run.RunId), grace));
        return Transition.Done;
    }

    private Transition Kill(List<Effect> effects)
    {
        var run = _run!;
        _killed = new KilledRun(run.RunId, run.StoppedBy);
        Keep(run.Record with { Phase = TaskPhase.Killing, GraceEndsAt = null });
        Become(Status with { Phase = TaskPhase.Killing }, effects);
        Signal(run.Record, PosixSignalName.Sigkill, effects);
        return Transition.Done;
    }

    private Transition KillAgain(TaskInput.Stop stop, List<Effect> effects)
    {
        var run = _run!;
        StayAway(stop);
        run.AddStop(stop.Origin);
        if (_killed is not { Incomplete: true } killed) return Transition.Ignored;
        killed.Incomplete = false;
        Signal(run.Record, PosixSignalName.Sigkill, effects);
        return Transition.Done;
    }

    /// <summary>Tells each of those who asked for the stop, once.</summary>
    private Transition KillIncomplete(TaskInput.KillIncomplete incomplete, List<Effect> effects)
    {
        if (_killed is not { } killed || killed.RunId != incomplete.Run) return Transition.Ignored;
        killed.Incomplete = true;
        var message = $"the stop could not end every process of the task; still there: {string.Join(", ", incomplete.Pids)}";
        foreach (var origin in killed.StoppedBy) effects.Add(new Effect.Reply(origin, new EngineReply.Failed(message)));
        killed.StoppedBy.Clear();
        return Transition.Done;
    }

    private void Sweep(Leftover left, List<Effect> effects)
    {
        _killed = new KilledRun(left.RunId, left.StoppedBy);
        Settle(left);
        Signal(left.Record, PosixSignalName.Sigkill, effects);
    }

    /// <summary>Nothing remains to be done about an ended run.</summary>
    private void Settle(Leftover left)
    {
        _leftover = null;
        _changes.Put(left.Record with { GraceEndsAt = null });
    }

    /// <summary>A pid of another boot says nothing: the run is gone, and will be reported so.</summary>
    private void Signal(RunRecord run, int signal, List<Effect> effects)
    {
        if (run.BootId == parts.BootId || run.Host is not null) effects.Add(new Effect.SignalRun(Status.TaskId, run.RunId, run.Pid, run.ProcessStartTime, signal) { Host = run.Host });
    }

    /// <summary>What is left of a stored grace time. The wall clock may have been set meanwhile: never more than the whole, never less than nothing.</summary>
    private TimeSpan StoredTimeLeft(RunRecord run)
    {
        var whole = run.AskedGrace ?? run.StopGrace;
        var left = (run.GraceEndsAt ?? DateTimeOffset.MinValue) - _clock.GetUtcNow();
        return left < TimeSpan.Zero ? TimeSpan.Zero : left > whole ? whole : left;
    }

    private TimeSpan GraceOf(TaskInput.Stop stop)
    {
        var policy = _run!.Record.StopGrace;
        if (stop.Grace is not { } grace) return policy;
        return stop.GraceIsBound && policy < grace ? policy : grace;
    }

    private static TimerKey GraceTimer(RunId run) => new(run, TimerKind.Grace);
}
