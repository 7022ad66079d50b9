using System.Diagnostics;
using Overseer.Core.Drivers;
using Overseer.Core.Tasks.Storage;

namespace Overseer.Core.Tasks;

/// <summary>
/// The life of one task. This class holds the whole table of transitions, in <see cref="Apply"/>: for each phase, what each input leads to, and which
/// inputs it ignores or refuses. What must hold:
/// <list type="bullet">
/// <item>at most one run is live, and each is answered and ended at most once;</item>
/// <item>a process gets a signal only after its start was reported and before its exit was, except for the sweep of what a stopped run left behind;</item>
/// <item>that sweep comes when the grace time ends, or before the next run of the same task begins, whichever is first.</item>
/// </list>
/// Effects are appended, never performed; what has to survive the server goes into the log of changes. The status may be read from any thread, everything
/// else belongs to the engine's one thread.
/// </summary>
internal sealed class TaskMachine(TimeProvider clock, ChangeLog changes, Guid bootId = default)
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

    /// <summary>What was ordered for the run under way; unset when an earlier server ordered it.</summary>
    public RunPlan? Plan => _run?.Plan;

    /// <summary>Hides the secrets of the run under way.</summary>
    public SecretMask Mask => _run?.Mask ?? SecretMask.Nothing;

    /// <summary>Pid of the latest process there was.</summary>
    public int? LatestPid => Status.CurrentPid ?? _run?.Before?.CurrentPid;

    /// <summary>The run under way as it is stored.</summary>
    public RunRecord? Record => _run?.Record;

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
            (TaskPhase.Starting, TaskInput.NotStarted i) => LaunchAgain(i.Plan, effects),
            (TaskPhase.Starting, TaskInput.GraceEnded or TaskInput.TreeGone or TaskInput.KillIncomplete) => Transition.Ignored,

            // A process runs and nobody wants it to end.
            (TaskPhase.Running, TaskInput.Launch i) => RefuseLaunch(i.Order, effects),
            (TaskPhase.Running, TaskInput.Stop i) => Stop(i, effects),
            (TaskPhase.Running, TaskInput.Exited i) => Exited(i, intentional: false, effects),
            (TaskPhase.Running, TaskInput.Started or TaskInput.StartFailed) => Transition.Ignored,
            (TaskPhase.Running, TaskInput.GraceEnded or TaskInput.TreeGone or TaskInput.NotStarted or TaskInput.KillIncomplete) => Transition.Ignored,

            // The stop signal was sent, the grace timer runs.
            (TaskPhase.Stopping, TaskInput.Launch i) => RefuseLaunch(i.Order, effects),
            (TaskPhase.Stopping, TaskInput.Stop i) => ShortenGrace(i, effects),
            (TaskPhase.Stopping, TaskInput.GraceEnded) => Kill(effects),
            (TaskPhase.Stopping, TaskInput.Exited i) => Exited(i, intentional: true, effects),
            (TaskPhase.Stopping, TaskInput.Started or TaskInput.StartFailed or TaskInput.TreeGone or TaskInput.NotStarted or TaskInput.KillIncomplete) => Transition.Ignored,

            // SIGKILL was sent to everything; nothing is left to escalate. If it could not end everything, another stop tries it again.
            (TaskPhase.Killing, TaskInput.Launch i) => RefuseLaunch(i.Order, effects),
            (TaskPhase.Killing, TaskInput.Exited i) => Exited(i, intentional: true, effects),
            (TaskPhase.Killing, TaskInput.Stop i) => KillAgain(i, effects),
            (TaskPhase.Killing, TaskInput.KillIncomplete i) => KillIncomplete(i, effects),
            (TaskPhase.Killing, TaskInput.Started or TaskInput.StartFailed or TaskInput.GraceEnded or TaskInput.TreeGone) => Transition.Ignored,
            (TaskPhase.Killing, TaskInput.NotStarted) => Transition.Ignored,

            _ => throw new UnreachableException($"{input.GetType().Name} in {Phase}"),
        };
    }

    /// <summary>Kills what a stopped run left behind, without waiting for its grace time. Harmless when there is nothing.</summary>
    public void SweepNow(List<Effect> effects)
    {
        if (_leftover is not { } left) return;
        effects.Add(new Effect.CancelTimer(GraceTimer(left.RunId)));
        Sweep(left, effects);
    }

    /// <summary>Puts the machine where an earlier server left the task. Before any input, and only once.</summary>
    /// <param name="status">The task.</param>
    /// <param name="run">The run under way, if there is one.</param>
    /// <param name="leftover">An ended run whose descendants may still have to be killed.</param>
    /// <param name="effects">Gets timers, and a SIGKILL that may not have been sent.</param>
    public void Restore(TaskStatus status, LiveRun? run, RunRecord? leftover, List<Effect> effects)
    {
        _status = status;
        _run = run;
        if (leftover is not null)
        {
            var left = StoredTimeLeft(leftover);
            _leftover = new Leftover(leftover, In(left), []);
            effects.Add(new Effect.ArmTimer(GraceTimer(leftover.RunId), left));
        }

        switch (status.Phase)
        {
            // The signal itself is not repeated: many programs take a second one for impatience. At worst it was never sent, and SIGKILL comes in time.
            case TaskPhase.Stopping:
                var left = StoredTimeLeft(run!.Record);
                run.GraceEnds = In(left);
                effects.Add(new Effect.ArmTimer(GraceTimer(run.RunId), left));
                break;
            case TaskPhase.Killing:
                _killed = new KilledRun(run!.RunId, run.StoppedBy);
                Signal(run.Record, PosixSignalName.Sigkill, effects);
                break;
        }
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

    private Transition Launch(LaunchOrder order, List<Effect> effects)
    {
        SweepNow(effects);
        _run = new LiveRun(order, _status);
        changes.Put(_run.Record);
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

        _leftover = new Leftover(left.Record with { GraceEndsAt = clock.GetUtcNow() + grace }, In(grace), left.StoppedBy);
        changes.Put(_leftover.Record);
        effects.Add(new Effect.ArmTimer(GraceTimer(left.RunId), grace));
        return Transition.Done;
    }

    /// <summary>No process came of the launch: the recorder that was asked died before it, or the server did.</summary>
    private Transition LaunchAgain(RunPlan plan, List<Effect> effects)
    {
        if (_run!.Record.AskedGrace is not null) return StartFailed("the task was stopped before it was started", effects);
        effects.Add(new Effect.LaunchRun(Status.TaskId, Status.JournalId, _run.RunId, Status.Run, plan));
        return Transition.Done;
    }

    private Transition RememberStop(TaskInput.Stop stop, List<Effect> effects)
    {
        var run = _run!;
        if (!run.AddStop(stop.Origin)) return Refuse(stop.Origin!.Value, "task is still starting, and its stop was asked for already", effects);
        var grace = GraceOf(stop);
        if (run.Record.AskedGrace is not { } asked || (stop.Grace is not null && grace < asked)) Keep(run.Record with { AskedGrace = grace });
        return Transition.Done;
    }

    private Transition Started(TaskInput.Started started, List<Effect> effects)
    {
        var run = _run!;
        Keep(run.Record with
        {
            Phase = TaskPhase.Running,
            Pid = started.Pid,
            ProcessStartTime = started.ProcessStartTime,
            StartedAt = started.At,
            StdoutPipe = started.StdoutPipe,
            StderrPipe = started.StderrPipe,
        });
        Become(Status with { Phase = TaskPhase.Running, WorkerState = WorkerState.Running, CurrentPid = started.Pid, LastStartedAt = started.At }, effects);
        var what = new TaskStarted(Status.TaskId, run.RunId, started.Pid, RestartOf: null, Automatic: false, started.At);
        effects.Add(new Effect.Reply(run.Origin, new EngineReply.Started(what)));
        effects.Add(new Effect.Publish(what));
        effects.Add(new Effect.RunReported(run.RunId, Over: false));
        if (run.Record.AskedGrace is { } grace) Stop(grace, effects);
        return Transition.Done;
    }

    private Transition StartFailed(string message, List<Effect> effects)
    {
        var run = _run!;
        _run = null;
        changes.Remove(run.Record);
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
        effects.Add(new Effect.RunReported(run.RunId, Over: true));
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
        run.GraceEnds = In(grace);
        Keep(run.Record with { Phase = TaskPhase.Stopping, AskedGrace = grace, GraceEndsAt = clock.GetUtcNow() + grace });
        Become(Status with { Phase = TaskPhase.Stopping }, effects);
        Signal(run.Record, run.Record.StopSignal, effects);
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
        Keep(run.Record with { AskedGrace = grace, GraceEndsAt = clock.GetUtcNow() + grace });
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

    private Transition Exited(TaskInput.Exited exited, bool intentional, List<Effect> effects)
    {
        var run = _run!;
        var graceRuns = Phase == TaskPhase.Stopping;
        Keep(run.Record with { Phase = TaskPhase.Ended, ExitedAt = exited.At, ExitCode = exited.ExitCode, Signal = exited.Signal, Intentional = intentional });
        if (graceRuns) _leftover = new Leftover(run.Record, run.GraceEnds, run.StoppedBy);
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
        effects.Add(new Effect.Publish(new TaskExited(Status.TaskId, run.RunId, run.Record.Pid, code, signal, intentional, exited.At)));
        if (graceRuns) effects.Add(new Effect.FindLeftovers(Status.TaskId, run.RunId, run.Record.Pid, run.Record.ProcessStartTime));
        effects.Add(new Effect.RunReported(run.RunId, Over: true));
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

    private void Keep(RunRecord record)
    {
        _run!.Record = record;
        changes.Put(record);
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
        changes.Put(left.Record with { GraceEndsAt = null });
    }

    /// <summary>A pid of another boot says nothing: the run is gone, and will be reported so.</summary>
    private void Signal(RunRecord run, int signal, List<Effect> effects)
    {
        if (run.BootId == bootId) effects.Add(new Effect.SignalRun(Status.TaskId, run.RunId, run.Pid, run.ProcessStartTime, signal));
    }

    /// <summary>What is left of a stored grace time. The wall clock may have been set meanwhile: never more than the whole, never less than nothing.</summary>
    private TimeSpan StoredTimeLeft(RunRecord run)
    {
        var whole = run.AskedGrace ?? run.StopGrace;
        var left = (run.GraceEndsAt ?? DateTimeOffset.MinValue) - clock.GetUtcNow();
        return left < TimeSpan.Zero ? TimeSpan.Zero : left > whole ? whole : left;
    }

    private TimeSpan GraceOf(TaskInput.Stop stop)
    {
        var policy = _run!.Record.StopGrace;
        if (stop.Grace is not { } grace) return policy;
        return stop.GraceIsBound && policy < grace ? policy : grace;
    }

    private static TimerKey GraceTimer(RunId run) => new(run, TimerKind.Grace);

    private long In(TimeSpan time) => clock.GetTimestamp() + (long)(time.TotalSeconds * clock.TimestampFrequency);

    private TimeSpan Left(long timestamp) => clock.GetElapsedTime(clock.GetTimestamp(), timestamp);
}
