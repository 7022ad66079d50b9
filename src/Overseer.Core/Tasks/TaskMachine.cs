using System.Diagnostics;

namespace Overseer.Core.Tasks;

/// <summary>
/// The life of one task. This class holds the whole table of transitions, in <see cref="Apply"/>: for each phase, what each input leads to, and which
/// inputs it ignores or refuses. What must hold:
/// <list type="bullet">
/// <item>at most one run is live, and each is answered and ended at most once;</item>
/// <item>a process gets a signal only after its start was reported and before its exit was, except for the sweep of what a stopped run left behind;</item>
/// <item>that sweep comes when the grace time ends, or before the next run of the same task begins, whichever is first.</item>
/// </list>
/// Effects are appended, never performed. The status may be read from any thread, everything else belongs to the engine's one thread.
/// </summary>
internal sealed class TaskMachine(TimeProvider clock)
{
    private volatile TaskStatus? _status;
    private LiveRun? _run;
    private Leftover? _leftover;
    private KilledRun? _killed;

    /// <summary>The task as it is now.</summary>
    public TaskStatus Status => _status ?? throw new InvalidOperationException("the task was never launched");

    /// <summary>Where it stands; <see cref="TaskPhase.Ended"/> also before its first launch.</summary>
    public TaskPhase Phase => _status?.Phase ?? TaskPhase.Ended;

    /// <summary>The run that is under way.</summary>
    public RunId? CurrentRun => _run?.RunId;

    /// <summary>The ended run whose descendants are still to be swept.</summary>
    public RunId? LeftoverRun => _leftover?.RunId;

    /// <summary>Applies one input.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="effects">Gets what has to be done.</param>
    public Transition Apply(TaskInput input, List<Effect> effects)
    {
        if (input.About is { } about && _run?.RunId != about) return ApplyToFormerRun(about, input, effects);
        return (Phase, input) switch
        {
            // Nothing runs. (Reports about runs never get here: no run is current.)
            (TaskPhase.Ended, TaskInput.Launch i) => Launch(i.Order, effects),
            (TaskPhase.Ended, TaskInput.Stop i) => StopEnded(i, effects),

            // The launch was ordered, its outcome is not known.
            (TaskPhase.Starting, TaskInput.Launch i) => RefuseLaunch(i.Order, effects),
            (TaskPhase.Starting, TaskInput.Stop i) => RememberStop(i, effects),
            (TaskPhase.Starting, TaskInput.Started i) => Started(i, effects),
            (TaskPhase.Starting, TaskInput.StartFailed i) => StartFailed(i.Message, effects),
            (TaskPhase.Starting, TaskInput.Exited i) => StartFailed(LostStart(i), effects),
            (TaskPhase.Starting, TaskInput.GraceEnded or TaskInput.TreeGone or TaskInput.KillIncomplete) => Transition.Ignored,

            // A process runs and nobody wants it to end.
            (TaskPhase.Running, TaskInput.Launch i) => RefuseLaunch(i.Order, effects),
            (TaskPhase.Running, TaskInput.Stop i) => Stop(i, effects),
            (TaskPhase.Running, TaskInput.Exited i) => Exited(i, intentional: false, effects),
            (TaskPhase.Running, TaskInput.Started or TaskInput.StartFailed) => Transition.Ignored,
            (TaskPhase.Running, TaskInput.GraceEnded or TaskInput.TreeGone or TaskInput.KillIncomplete) => Transition.Ignored,

            // The stop signal was sent, the grace timer runs.
            (TaskPhase.Stopping, TaskInput.Launch i) => RefuseLaunch(i.Order, effects),
            (TaskPhase.Stopping, TaskInput.Stop i) => ShortenGrace(i, effects),
            (TaskPhase.Stopping, TaskInput.GraceEnded) => Kill(effects),
            (TaskPhase.Stopping, TaskInput.Exited i) => Exited(i, intentional: true, effects),
            (TaskPhase.Stopping, TaskInput.Started or TaskInput.StartFailed or TaskInput.TreeGone or TaskInput.KillIncomplete) => Transition.Ignored,

            // SIGKILL was sent to everything; nothing is left to escalate. If it could not end everything, another stop tries it again.
            (TaskPhase.Killing, TaskInput.Launch i) => RefuseLaunch(i.Order, effects),
            (TaskPhase.Killing, TaskInput.Exited i) => Exited(i, intentional: true, effects),
            (TaskPhase.Killing, TaskInput.Stop i) => KillAgain(i, effects),
            (TaskPhase.Killing, TaskInput.KillIncomplete i) => KillIncomplete(i, effects),
            (TaskPhase.Killing, TaskInput.Started or TaskInput.StartFailed or TaskInput.GraceEnded or TaskInput.TreeGone) => Transition.Ignored,

            _ => throw new UnreachableException($"{input.GetType().Name} in {Phase}"),
        };
    }

    /// <summary>Kills what a stopped run left behind, without waiting for its grace time. Harmless when there is nothing.</summary>
    public void SweepNow(List<Effect> effects)
    {
        if (_leftover is not { } left) return;
        _leftover = null;
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
                _leftover = null;
                Sweep(left, effects);
                return Transition.Done;
            case TaskInput.TreeGone:
                _leftover = null;
                effects.Add(new Effect.CancelTimer(GraceTimer(run)));
                return Transition.Done;
            default:
                return Transition.Ignored;
        }
    }

    private void Sweep(Leftover left, List<Effect> effects)
    {
        _killed = new KilledRun(left.RunId, left.StoppedBy);
        effects.Add(new Effect.SignalRun(Status.TaskId, left.RunId, left.Pid, left.ProcessStartTime, PosixSignalName.Sigkill));
    }

    private Transition Launch(LaunchOrder order, List<Effect> effects)
    {
        SweepNow(effects);
        _run = new LiveRun(order, _status);
        effects.Add(new Effect.AttachStarter(order.Origin, order.Status.TaskId));
        Become(order.Status, effects);
        effects.Add(new Effect.LaunchRun(order.Status.TaskId, order.Status.JournalId, order.RunId, order.Status.Run, order.Plan));
        return Transition.Done;
    }

    private static Transition RefuseLaunch(LaunchOrder order, List<Effect> effects) => Refuse(order.Origin, "task already running or starting", effects);

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

        _leftover = left with { GraceEnds = In(grace) };
        effects.Add(new Effect.ArmTimer(GraceTimer(left.RunId), grace));
        return Transition.Done;
    }

    private Transition RememberStop(TaskInput.Stop stop, List<Effect> effects)
    {
        var run = _run!;
        if (stop.Origin is { } origin)
        {
            if (!run.AddStop(origin)) return Refuse(origin, "task is still starting, and its stop was asked for already", effects);
        }

        var grace = GraceOf(stop);
        if (run.StopGrace is null || (stop.Grace is not null && grace < run.StopGrace)) run.StopGrace = grace;
        return Transition.Done;
    }

    private Transition Started(TaskInput.Started started, List<Effect> effects)
    {
        var run = _run!;
        run.Pid = started.Pid;
        run.ProcessStartTime = started.ProcessStartTime;
        Become(Status with { Phase = TaskPhase.Running, WorkerState = WorkerState.Running, CurrentPid = started.Pid, LastStartedAt = started.At }, effects);
        var what = new TaskStarted(Status.TaskId, run.RunId, started.Pid, RestartOf: null, Automatic: false, started.At);
        effects.Add(new Effect.Reply(run.Origin, new EngineReply.Started(what)));
        effects.Add(new Effect.Publish(what));
        if (run.StopGrace is { } grace) Stop(grace, effects);
        return Transition.Done;
    }

    private Transition StartFailed(string message, List<Effect> effects)
    {
        var run = _run!;
        _run = null;
        message = run.Mask.Text(message);
        if (run.Before is { } before)
        {
            Become(before, effects);
        }
        else
        {
            effects.Add(new Effect.TaskForgotten(Status.TaskId, Status.JournalId));
            _status = Status with { Phase = TaskPhase.Ended, State = TaskState.Stopped, CurrentRun = null };
        }

        effects.Add(new Effect.Reply(run.Origin, new EngineReply.Failed(message)));
        foreach (var origin in run.StoppedBy) effects.Add(new Effect.Reply(origin, new EngineReply.Failed(message)));
        return Transition.Done;
    }

    /// <summary>An exit whose start was never reported: the order of reports was broken, so what the process was is not known.</summary>
    private static string LostStart(TaskInput.Exited exited) =>
        $"the process ended before its start was reported ({(exited.Signal > 0 ? PosixSignalName.Of(exited.Signal) : $"exit code {exited.ExitCode}")})";

    private Transition Stop(TaskInput.Stop stop, List<Effect> effects)
    {
        _run!.AddStop(stop.Origin);
        return Stop(GraceOf(stop), effects);
    }

    private Transition Stop(TimeSpan grace, List<Effect> effects)
    {
        if (grace == TimeSpan.Zero) return Kill(effects);
        var run = _run!;
        run.StopGrace = grace;
        run.GraceEnds = In(grace);
        Become(Status with { Phase = TaskPhase.Stopping }, effects);
        effects.Add(new Effect.SignalRun(Status.TaskId, run.RunId, run.Pid, run.ProcessStartTime, run.Policy.Signal));
        effects.Add(new Effect.ArmTimer(GraceTimer(run.RunId), grace));
        return Transition.Done;
    }

    private Transition ShortenGrace(TaskInput.Stop stop, List<Effect> effects)
    {
        var run = _run!;
        run.AddStop(stop.Origin);
        if (stop.Grace is not { } grace || grace >= Left(run.GraceEnds)) return Transition.Ignored;
        if (grace == TimeSpan.Zero)
        {
            effects.Add(new Effect.CancelTimer(GraceTimer(run.RunId)));
            return Kill(effects);
        }

        run.GraceEnds = In(grace);
        effects.Add(new Effect.ArmTimer(GraceTimer(run.RunId), grace));
        return Transition.Done;
    }

    private Transition Kill(List<Effect> effects)
    {
        var run = _run!;
        _killed = new KilledRun(run.RunId, run.StoppedBy);
        Become(Status with { Phase = TaskPhase.Killing }, effects);
        effects.Add(new Effect.SignalRun(Status.TaskId, run.RunId, run.Pid, run.ProcessStartTime, PosixSignalName.Sigkill));
        return Transition.Done;
    }

    private Transition KillAgain(TaskInput.Stop stop, List<Effect> effects)
    {
        var run = _run!;
        run.AddStop(stop.Origin);
        if (_killed is not { Incomplete: true } killed) return Transition.Ignored;
        killed.Incomplete = false;
        effects.Add(new Effect.SignalRun(Status.TaskId, run.RunId, run.Pid, run.ProcessStartTime, PosixSignalName.Sigkill));
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

    private Transition Exited(TaskInput.Exited exited, bool intentional, List<Effect> effects)
    {
        var run = _run!;
        var graceRuns = Phase == TaskPhase.Stopping;
        if (graceRuns) _leftover = new Leftover(run.RunId, run.Pid, run.ProcessStartTime, run.GraceEnds, run.StoppedBy);
        _run = null;
        var code = exited.Signal > 0 ? -1 : exited.ExitCode;
        var signal = exited.Signal > 0 ? PosixSignalName.Of(exited.Signal) : null;
        Become(
            Status with
            {
                Phase = TaskPhase.Ended,
                State = TaskState.Stopped,
                WorkerState = WorkerState.Exited,
                LastExitedAt = exited.At,
                LastExitCode = code,
                LastSignal = signal,
                CurrentRun = null,
            },
            effects);
        effects.Add(new Effect.Publish(new TaskExited(Status.TaskId, run.RunId, run.Pid, code, signal, intentional, exited.At)));
        if (graceRuns) effects.Add(new Effect.FindLeftovers(Status.TaskId, run.RunId, run.Pid, run.ProcessStartTime));
        return Transition.Done;
    }

    private static Transition Refuse(RequestOrigin origin, string message, List<Effect> effects)
    {
        effects.Add(new Effect.Reply(origin, new EngineReply.Failed(message)));
        return Transition.Refused;
    }

    private void Become(TaskStatus status, List<Effect> effects)
    {
        _status = status;
        effects.Add(new Effect.StatusChanged(status));
    }

    private TimeSpan GraceOf(TaskInput.Stop stop)
    {
        var policy = _run!.Policy.Grace;
        if (stop.Grace is not { } grace) return policy;
        return stop.GraceIsBound && policy < grace ? policy : grace;
    }

    private static TimerKey GraceTimer(RunId run) => new(run, TimerKind.Grace);

    private long In(TimeSpan time) => clock.GetTimestamp() + (long)(time.TotalSeconds * clock.TimestampFrequency);

    private TimeSpan Left(long timestamp) => clock.GetElapsedTime(clock.GetTimestamp(), timestamp);
}
