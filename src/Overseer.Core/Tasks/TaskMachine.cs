using System.Diagnostics;
using Overseer.Core.Drivers;
using Overseer.Core.Retry;
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
internal sealed partial class TaskMachine(MachineParts parts)
{
    private readonly TimeProvider _clock = parts.Clock;
    private readonly ChangeLog _changes = parts.Changes;
    private TaskStatus? _status;
    private volatile TaskStatus? _shown;
    private TaskStanding _standing = new();
    private ExitHistory? _history;
    private LiveRun? _run;
    private NextRun? _next;
    private Leftover? _leftover;
    private KilledRun? _killed;

    /// <summary>The task as it is now, in the middle of a step as well.</summary>
    public TaskStatus Status => _status ?? throw new InvalidOperationException("the task was never launched");

    /// <summary>The task after the latest step. May be read from any thread.</summary>
    public TaskStatus Shown => _shown ?? throw new InvalidOperationException("the task was never launched");

    /// <summary>Where it stands; <see cref="TaskPhase.Ended"/> also before its first launch.</summary>
    public TaskPhase Phase => _status?.Phase ?? TaskPhase.Ended;

    /// <summary>What is to be stored of it beside its runs. Replaced when it changes.</summary>
    public TaskStanding Standing => _standing;

    /// <summary>The run that is under way.</summary>
    public RunId? CurrentRun => _run?.RunId;

    /// <summary>The run that is under way, or that the task waits for.</summary>
    public RunId? AnyRun => _run?.RunId ?? _next?.RunId;

    /// <summary>The ended run whose descendants are still to be swept.</summary>
    public RunId? LeftoverRun => _leftover?.RunId;

    /// <summary>The run that it waits for.</summary>
    public NextRun? Next => _next;

    /// <summary>Who waits, or waited, for the start of the run under way.</summary>
    public RequestOrigin? StarterOrigin => _run?.Origin;

    /// <summary>What was ordered for the run under way; unset when an earlier server ordered it.</summary>
    public RunPlan? Plan => _run?.Plan;

    /// <summary>The action as it was when the run under way was planned; unset when an earlier server did that.</summary>
    public ActionEntry? From => _run?.From;

    /// <summary>Hides the secrets of the run under way, or waited for.</summary>
    public SecretMask Mask => _run?.Mask ?? _next?.Mask ?? SecretMask.Nothing;

    /// <summary>Pid of the latest process there was.</summary>
    public int? LatestPid => Status.CurrentPid ?? _run?.Before?.CurrentPid ?? _next?.Before?.CurrentPid;

    /// <summary>The run under way as it is stored.</summary>
    public RunRecord? Record => _run?.Record;

    /// <summary>Whether its process is to end, or has: nothing has to be done to make it leave its place.</summary>
    public bool IsLeaving => Phase is TaskPhase.Stopping or TaskPhase.Killing or TaskPhase.Queued or TaskPhase.Ended || _run?.Record.AskedGrace is not null;

    /// <summary>Applies one input.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="effects">Gets what has to be done.</param>
    public Transition Apply(TaskInput input, List<Effect> effects)
    {
        var transition = Step(input, effects);
        _shown = _status;
        return transition;
    }

    /// <summary>The task is described otherwise from now on: its labels, parameters as they are shown, its policy. Nothing else may differ.</summary>
    public void Describe(TaskStatus status, List<Effect> effects)
    {
        Debug.Assert(status.Phase == Phase && status.State == Status.State && status.CurrentRun == Status.CurrentRun, "a description does not change a task's state");
        Become(status, effects);
        _shown = _status;
    }

    /// <summary>The host of a run has something to say of it; of one that is over, it comes too late.</summary>
    public void Note(RunId run, string? note, List<Effect> effects)
    {
        if (_run is not { } live || live.RunId != run) return;
        note = note is null ? null : live.Mask.Text(note);
        if (note == live.Record.Note) return;
        Keep(live.Record with { Note = note });
        Become(Status with { Note = note }, effects);
        _shown = _status;
    }

    /// <summary>Puts the machine where an earlier server left the task. Before any input, and only once.</summary>
    /// <param name="restored">What is known of the task.</param>
    /// <param name="effects">Gets timers, and a SIGKILL that may not have been sent.</param>
    public void Restore(RestoredTask restored, List<Effect> effects)
    {
        var status = restored.Status;
        _shown = _status = status;
        _standing = restored.Standing;
        _run = restored.Run;
        _next = restored.Next;
        if (status.RetryPolicy is not null)
        {
            _history = new ExitHistory();
            _history.Restore(_standing.ExitCount, restored.Exits);
        }

        if (restored.Leftover is { } leftover)
        {
            var left = StoredTimeLeft(leftover);
            _leftover = new Leftover(leftover, In(left), []);
            effects.Add(new Effect.ArmTimer(GraceTimer(leftover.RunId), left));
        }

        switch (status.Phase)
        {
            // The signal itself is not repeated: many programs take a second one for impatience. At worst it was never sent, and SIGKILL comes in time.
            case TaskPhase.Stopping:
                var graceLeft = StoredTimeLeft(_run!.Record);
                _run.GraceEnds = In(graceLeft);
                effects.Add(new Effect.ArmTimer(GraceTimer(_run.RunId), graceLeft));
                break;
            case TaskPhase.Killing:
                _killed = new KilledRun(_run!.RunId, _run.StoppedBy);
                Signal(_run.Record, PosixSignalName.Sigkill, effects);
                break;
            case TaskPhase.Waiting:
                effects.Add(new Effect.ArmTimer(RestartTimer(_next!.RunId), StoredDelayLeft()));
                break;
        }
    }

    /// <summary>The task has other labels, now and when it goes back to what it was before a start.</summary>
    /// <param name="change">Gives a status its new labels.</param>
    /// <param name="effects">Gets what has to be done.</param>
    public void Relabel(Func<TaskStatus, TaskStatus> change, List<Effect> effects)
    {
        if (_run is { Before: { } before }) _run.Before = change(before);
        if (_next is { Before: { } waiting }) _next = _next with { Before = change(waiting) };
        Become(change(Status), effects);
        _shown = _status;
    }

    private Transition Step(TaskInput input, List<Effect> effects)
    {
        if (input.About is { } about && _run?.RunId != about) return ApplyToFormerRun(about, input, effects);
        return (Phase, input) switch
        {
            // Nothing runs and nothing is waited for. (Reports about runs never get here, nor in the two phases after it: no run is current.)
            (TaskPhase.Ended, TaskInput.Launch i) => Launch(i.Order, effects),
            (TaskPhase.Ended, TaskInput.Enqueue i) => Enqueue(i, effects),
            (TaskPhase.Ended, TaskInput.Stop i) => StopEnded(i, effects),
            (TaskPhase.Ended, TaskInput.Unplannable or TaskInput.ActionGone or TaskInput.Dequeue or TaskInput.Requeue) => Transition.Ignored,

            // It waits for room in its pool.
            (TaskPhase.Queued, TaskInput.Launch { Order: { Kind: LaunchKind.Admission } order }) => LaunchNext(order, effects),
            (TaskPhase.Queued, TaskInput.Launch i) => RefuseLaunch(i.Order, effects),
            (TaskPhase.Queued, TaskInput.Enqueue i) => RefuseLaunch(i.Order, effects),
            (TaskPhase.Queued, TaskInput.Unplannable i) => LeaveQueue(DequeueReason.Failed, i.Message, effects),
            (TaskPhase.Queued, TaskInput.ActionGone i) => LeaveQueue(DequeueReason.Failed, i.Message, effects),
            (TaskPhase.Queued, TaskInput.Dequeue i) => LeaveQueue(i.Reason, null, effects),
            (TaskPhase.Queued, TaskInput.Stop i) => LeaveQueue(i.Reason, null, effects),
            (TaskPhase.Queued, TaskInput.Requeue) => Transition.Ignored,

            // Its process has exited, and a timer runs until the next.
            (TaskPhase.Waiting, TaskInput.Launch { Order: { Kind: LaunchKind.Restart } order }) => LaunchNext(order, effects),
            (TaskPhase.Waiting, TaskInput.Launch i) => RefuseLaunch(i.Order, effects),
            (TaskPhase.Waiting, TaskInput.Enqueue i) => RefuseLaunch(i.Order, effects),
            (TaskPhase.Waiting, TaskInput.Unplannable i) => RestartUnplannable(i.Message, effects),
            (TaskPhase.Waiting, TaskInput.ActionGone i) => GiveUp(i.Message, effects),
            (TaskPhase.Waiting, TaskInput.Dequeue i) => EndWait(i.Reason, effects),
            (TaskPhase.Waiting, TaskInput.Stop i) => EndWait(i.Reason, effects),
            (TaskPhase.Waiting, TaskInput.Requeue i) => RequeueWaiting(i, effects),

            // The launch was ordered, its outcome is not known.
            (TaskPhase.Starting, TaskInput.Launch i) => RefuseLaunch(i.Order, effects),
            (TaskPhase.Starting, TaskInput.Enqueue i) => RefuseLaunch(i.Order, effects),
            (TaskPhase.Starting, TaskInput.Stop i) => RememberStop(i, effects),
            (TaskPhase.Starting, TaskInput.Requeue i) => RequeueRunning(i, effects),
            (TaskPhase.Starting, TaskInput.Started i) => Started(i, effects),
            (TaskPhase.Starting, TaskInput.StartFailed i) => StartFailed(i.Message, effects),
            (TaskPhase.Starting, TaskInput.Exited i) => StartFailed(LostStart(i), effects),
            (TaskPhase.Starting, TaskInput.NotStarted i) => LaunchAgain(i.Plan, effects),
            (TaskPhase.Starting, TaskInput.GraceEnded or TaskInput.TreeGone or TaskInput.KillIncomplete) => Transition.Ignored,
            (TaskPhase.Starting, TaskInput.Unplannable or TaskInput.ActionGone or TaskInput.Dequeue) => Transition.Ignored,

            // A process runs and nobody wants it to end.
            (TaskPhase.Running, TaskInput.Launch i) => RefuseLaunch(i.Order, effects),
            (TaskPhase.Running, TaskInput.Enqueue i) => RefuseLaunch(i.Order, effects),
            (TaskPhase.Running, TaskInput.Stop i) => Stop(i, effects),
            (TaskPhase.Running, TaskInput.Requeue i) => RequeueRunning(i, effects),
            (TaskPhase.Running, TaskInput.Exited i) => Exited(i, intentional: false, effects),
            (TaskPhase.Running, TaskInput.Started or TaskInput.StartFailed) => Transition.Ignored,
            (TaskPhase.Running, TaskInput.GraceEnded or TaskInput.TreeGone or TaskInput.NotStarted or TaskInput.KillIncomplete) => Transition.Ignored,
            (TaskPhase.Running, TaskInput.Unplannable or TaskInput.ActionGone or TaskInput.Dequeue) => Transition.Ignored,

            // The stop signal was sent, the grace timer runs.
            (TaskPhase.Stopping, TaskInput.Launch i) => RefuseLaunch(i.Order, effects),
            (TaskPhase.Stopping, TaskInput.Enqueue i) => RefuseLaunch(i.Order, effects),
            (TaskPhase.Stopping, TaskInput.Stop i) => ShortenGrace(i, effects),
            (TaskPhase.Stopping, TaskInput.GraceEnded) => Kill(effects),
            (TaskPhase.Stopping, TaskInput.Exited i) => Exited(i, intentional: true, effects),
            (TaskPhase.Stopping, TaskInput.Started or TaskInput.StartFailed or TaskInput.TreeGone or TaskInput.NotStarted or TaskInput.KillIncomplete) => Transition.Ignored,
            (TaskPhase.Stopping, TaskInput.Requeue or TaskInput.Unplannable or TaskInput.ActionGone or TaskInput.Dequeue) => Transition.Ignored,

            // SIGKILL was sent to everything; nothing is left to escalate. If it could not end everything, another stop tries it again.
            (TaskPhase.Killing, TaskInput.Launch i) => RefuseLaunch(i.Order, effects),
            (TaskPhase.Killing, TaskInput.Enqueue i) => RefuseLaunch(i.Order, effects),
            (TaskPhase.Killing, TaskInput.Exited i) => Exited(i, intentional: true, effects),
            (TaskPhase.Killing, TaskInput.Stop i) => KillAgain(i, effects),
            (TaskPhase.Killing, TaskInput.KillIncomplete i) => KillIncomplete(i, effects),
            (TaskPhase.Killing, TaskInput.Started or TaskInput.StartFailed or TaskInput.GraceEnded or TaskInput.TreeGone) => Transition.Ignored,
            (TaskPhase.Killing, TaskInput.NotStarted or TaskInput.Requeue or TaskInput.Unplannable or TaskInput.ActionGone or TaskInput.Dequeue) => Transition.Ignored,

            _ => throw new UnreachableException($"{input.GetType().Name} in {Phase}"),
        };
    }

    private Transition Launch(LaunchOrder order, List<Effect> effects)
    {
        SweepNow(effects);
        var standing = _standing;
        _standing = new TaskStanding { RestartCount = standing.RestartCount, HistoryFrom = order.Status.Run };
        _history = null;
        Begin(new LiveRun(order, _status, standing), order, effects);
        return Transition.Done;
    }

    private void Begin(LiveRun run, LaunchOrder order, List<Effect> effects)
    {
        _run = run;
        _changes.Put(run.Record);
        if (order is { Kind: LaunchKind.Request, Origin: { } origin }) effects.Add(new Effect.AttachStarter(origin, order.Status.TaskId));
        Become(order.Status, effects);
        var canWait = order.Kind != LaunchKind.Request;
        effects.Add(new Effect.LaunchRun(order.Status.TaskId, order.Status.JournalId, order.RunId, order.Status.Run, order.Plan, canWait));
    }

    private static Transition RefuseLaunch(LaunchOrder order, List<Effect> effects) =>
        order.Origin is { } origin ? Refuse(origin, "task already running or starting", effects) : Transition.Refused;

    /// <summary>No process came of the launch: the recorder that was asked died before it, or the server did.</summary>
    private Transition LaunchAgain(RunPlan plan, List<Effect> effects)
    {
        if (WasStopped(_run!.Record)) return StartFailed("the task was stopped before it was started", effects);
        effects.Add(new Effect.LaunchRun(Status.TaskId, Status.JournalId, _run.RunId, Status.Run, plan, CanWait: true));
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
        var replaced = run.Kind == LaunchKind.Request ? null : Status.CurrentPid;
        var waited = run.Kind == LaunchKind.Admission && _standing.QueuedAt is { } since ? NotNegative(started.At - since) : (TimeSpan?)null;
        var restarts = _standing.RestartCount + (run.Kind == LaunchKind.Restart ? 1 : 0);
        if (run.Kind != LaunchKind.Request)
        {
            // One that is wanted back in the queue already keeps the place it will have there.
            var place = _standing.Requeue ? _standing.Place : 0;
            _standing = _standing with { QueuedAt = null, Forced = false, Place = place, ErrorMessage = null, RestartCount = restarts };
        }

        Become(
            Status with
            {
                Phase = TaskPhase.Running,
                WorkerState = WorkerState.Running,
                CurrentPid = run.Record.Pid > 0 ? run.Record.Pid : null,
                LastStartedAt = started.At,
                RestartCount = restarts,
                ErrorMessage = null,
            },
            effects);
        var late = run.Kind == LaunchKind.Admission;
        var what = new TaskStarted(Status.TaskId, Status.Action, run.RunId, started.Pid, replaced, Automatic: run.Origin is null, waited, started.At) { Origin = late ? run.Origin : null };
        if (run.Origin is { } origin) effects.Add(new Effect.Reply(origin, new EngineReply.Started(what), late));
        effects.Add(new Effect.Publish(what));
        effects.Add(new Effect.RunReported(run.RunId, Over: false));
        if (run.Record.AskedGrace is { } grace) Stop(grace, effects);
        return Transition.Done;
    }

    private Transition StartFailed(string message, List<Effect> effects)
    {
        var run = _run!;
        _run = null;
        message = run.Mask.Text(message);
        if (run.Kind == LaunchKind.Restart)
        {
            RestartFailed(run.Record, run.Mask, message, effects);
        }
        else
        {
            _changes.Remove(run.Record);
            var stopped = run.Kind == LaunchKind.Admission && WasStopped(run.Record);
            GoBack(run.Before, run.StandingBefore, run.Kind == LaunchKind.Admission && run.Origin is null && !stopped ? message : null, effects);
            if (run.Kind == LaunchKind.Admission) effects.Add(Left(stopped ? DequeueReason.Stopped : DequeueReason.Failed));
            if (run.Origin is { } origin) effects.Add(new Effect.Reply(origin, new EngineReply.Failed(message), Late: run.Kind == LaunchKind.Admission));

            // Of those that leave a queue because of it, that is the answer.
            if (!stopped) foreach (var asked in run.StoppedBy) effects.Add(new Effect.Reply(asked, new EngineReply.Failed(message)));
        }

        effects.Add(new Effect.RunReported(run.RunId, Over: true, Status.TaskId));
        return Transition.Done;
    }

    /// <summary>Makes the task what it was before a start that came to nothing; one that never ran is known no more.</summary>
    /// <param name="before">The task as it was.</param>
    /// <param name="standing">Where it stood.</param>
    /// <param name="error">Shown with the task, if there was one, when nobody is told otherwise.</param>
    /// <param name="effects">Gets what has to be done.</param>
    private void GoBack(TaskStatus? before, TaskStanding standing, string? error, List<Effect> effects)
    {
        if (before is null)
        {
            _status = Status with { Phase = TaskPhase.Ended, State = TaskState.Stopped, CurrentRun = null, QueuedAt = null };
            effects.Add(new Effect.TaskForgotten(Status.TaskId, Status.JournalId));
            return;
        }

        _standing = error is null ? standing : standing with { ErrorMessage = error };
        Become(error is null ? before : before with { ErrorMessage = error }, effects);
    }

    /// <summary>An exit whose start was never reported: the order of reports was broken, so what the process was is not known.</summary>
    private static string LostStart(TaskInput.Exited exited) =>
        $"the process ended before its start was reported ({(exited.Signal > 0 ? PosixSignalName.Of(exited.Signal) : $"exit code {exited.ExitCode}")})";

    private Transition Exited(TaskInput.Exited exited, bool intentional, List<Effect> effects)
    {
        var run = _run!;
        var graceRuns = Phase == TaskPhase.Stopping;
        Keep(run.Record with { Phase = TaskPhase.Ended, ExitedAt = exited.At, ExitCode = exited.ExitCode, Signal = exited.Signal, Intentional = intentional });
        if (graceRuns && run.Record.Host is null) _leftover = new Leftover(run.Record, run.GraceEnds, run.StoppedBy);
        if (graceRuns && run.Record.Host is not null) effects.Add(new Effect.CancelTimer(GraceTimer(run.RunId)));
        _run = null;
        var code = exited.Signal > 0 ? -1 : exited.ExitCode;
        var signal = exited.Signal > 0 ? PosixSignalName.Of(exited.Signal) : null;
        _status = Status with
        {
            Phase = TaskPhase.Ended,
            State = TaskState.Stopped,
            WorkerState = WorkerState.Exited,
            LastExitedAt = exited.At,
            LastExitCode = code,
            LastSignal = signal,
            CurrentRun = null,
        };
        var happened = new TaskExited(Status.TaskId, Status.Action, run.RunId, run.Record.Pid, code, signal, intentional, exited.At);
        TaskEvent? then = null;
        if (intentional && _standing.Requeue) WaitInQueue(run.Mask, _standing.Place);
        else if (!intentional && RetryRule.Counts(Status.RetryPolicy, exited.ExitCode, exited.Signal)) then = JudgeExit(exited.At, Status.LastStartedAt, run.Mask, effects);
        if (Phase == TaskPhase.Ended && _standing.Requeue) _standing = _standing with { Requeue = false };
        effects.Add(new Effect.StatusChanged(Status));
        effects.Add(new Effect.Publish(happened, then));
        if (_leftover is not null && graceRuns) effects.Add(new Effect.FindLeftovers(Status.TaskId, run.RunId, run.Record.Pid, run.Record.ProcessStartTime));
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
        _changes.Put(record);
    }

    private long In(TimeSpan time) => _clock.GetTimestamp() + (long)(time.TotalSeconds * _clock.TimestampFrequency);

    private TimeSpan Left(long timestamp) => _clock.GetElapsedTime(_clock.GetTimestamp(), timestamp);
}
