using Overseer.Core.Retry;
using Overseer.Core.Tasks.Storage;

namespace Overseer.Core.Tasks;

/// <content>How a task waits: for room in its pool, or for its restart.</content>
internal sealed partial class TaskMachine
{
    /// <summary>The least time between two starts of a task, so that one that exits at once does not take the whole machine.</summary>
    public static readonly TimeSpan LeastBetweenStarts = TimeSpan.FromMilliseconds(10);

    private Transition Enqueue(TaskInput.Enqueue enqueue, List<Effect> effects)
    {
        var order = enqueue.Order;
        var now = _clock.GetUtcNow();
        _next = new NextRun(order.RunId, order.Mask, order.Origin, _status, _standing);
        _standing = new TaskStanding
        {
            State = TaskState.Queued,
            RestartCount = _standing.RestartCount,
            QueuedAt = now,
            Place = enqueue.Place,
            Forced = enqueue.Forced,
            HistoryFrom = order.Status.Run,
        };
        _history = null;
        if (order.Origin is { } origin) effects.Add(new Effect.AttachStarter(origin, order.Status.TaskId));
        Become(order.Status with { Phase = TaskPhase.Queued, State = TaskState.Queued, QueuedAt = now, CurrentRun = null, Run = order.Status.Run - 1 }, effects);
        return Transition.Done;
    }

    private Transition LaunchNext(LaunchOrder order, List<Effect> effects)
    {
        SweepNow(effects);
        var next = _next!;
        _next = null;
        _standing = _standing with { State = TaskState.Active, RestartAt = null };
        Begin(new LiveRun(order, next.Before, next.StandingBefore), order, effects);
        return Transition.Done;
    }

    /// <summary>Leaves the queue without being started.</summary>
    private Transition LeaveQueue(DequeueReason reason, string? error, List<Effect> effects)
    {
        var next = _next!;
        _next = null;
        var message = error is null ? null : next.Mask.Text(error);
        GoBack(next.Before, next.StandingBefore, next.Origin is null ? message : null, effects);
        effects.Add(Left(reason));
        if (message is not null && next.Origin is { } origin) effects.Add(new Effect.Reply(origin, new EngineReply.Failed(message), Late: true));
        return Transition.Done;
    }

    /// <summary>Gives up the wait for a restart.</summary>
    private Transition EndWait(DequeueReason reason, List<Effect> effects)
    {
        effects.Add(new Effect.CancelTimer(RestartTimer(_next!.RunId)));
        _next = null;
        _standing = _standing with { RestartAt = null };
        Become(Status with { Phase = TaskPhase.Ended, State = TaskState.Stopped }, effects);
        effects.Add(Left(reason));
        return Transition.Done;
    }

    /// <summary>Gives the task up while it waits for a restart that can never be.</summary>
    private Transition GiveUp(string message, List<Effect> effects)
    {
        var now = _clock.GetUtcNow();
        effects.Add(new Effect.CancelTimer(RestartTimer(_next!.RunId)));
        message = _next.Mask.Text(message);
        _next = null;
        _standing = _standing with { State = TaskState.Errored, RestartAt = null, ErrorMessage = message };
        Become(Status with { Phase = TaskPhase.Ended, State = TaskState.Errored, ErrorMessage = message }, effects);
        var exits = _history?.Count(Status.RetryPolicy?.ErrorWindow ?? TimeSpan.Zero, now) ?? 0;
        effects.Add(new Effect.Publish(new TaskErrored(Status.TaskId, Status.Action, Status.CurrentPid ?? 0, exits, now)));
        return Transition.Done;
    }

    private Transition RequeueRunning(TaskInput.Requeue requeue, List<Effect> effects)
    {
        if (_run!.Record.AskedGrace is not null) return Transition.Ignored;
        _standing = _standing with { Requeue = true, Place = requeue.Place };
        if (Phase == TaskPhase.Starting) Keep(_run.Record with { AskedGrace = requeue.Grace });
        else Stop(requeue.Grace, effects);
        return Transition.Done;
    }

    private Transition RequeueWaiting(TaskInput.Requeue requeue, List<Effect> effects)
    {
        var next = _next!;
        effects.Add(new Effect.CancelTimer(RestartTimer(next.RunId)));
        _status = Status with { Phase = TaskPhase.Ended, State = TaskState.Stopped };
        WaitInQueue(next.Mask, requeue.Place);
        effects.Add(new Effect.StatusChanged(Status));
        return Transition.Done;
    }

    /// <summary>The task, just ended, waits in the queue again.</summary>
    private void WaitInQueue(SecretMask mask, long place)
    {
        var now = _clock.GetUtcNow();
        var ended = _standing with { State = TaskState.Active, Requeue = false, RestartAt = null, QueuedAt = null, Place = 0 };
        _next = new NextRun(new RunId(parts.Ids()), mask, null, Status, ended);
        _standing = ended with { State = TaskState.Queued, QueuedAt = now, Place = place };
        _status = Status with { Phase = TaskPhase.Queued, State = TaskState.Queued, QueuedAt = now };
    }

    /// <summary>Decides, by the policy, what becomes of the task after an exit that counts, and makes it so.</summary>
    /// <param name="at">When it exited.</param>
    /// <param name="begun">When what exited was started, or could not be.</param>
    /// <param name="mask">Hides its secrets.</param>
    /// <param name="effects">Gets what has to be done.</param>
    /// <returns>What is to be told.</returns>
    private TaskEvent JudgeExit(DateTimeOffset at, DateTimeOffset? begun, SecretMask mask, List<Effect> effects)
    {
        var (policy, history) = (Status.RetryPolicy!, _history ??= new ExitHistory());
        history.Add(at);
        _standing = _standing with { ExitCount = history.Total };
        var pid = Status.CurrentPid ?? 0;
        if (RetryRule.Judge(policy, history, at, parts.Random()) is not RetryVerdict.Again again)
        {
            _standing = _standing with { State = TaskState.Errored };
            _status = Status with { Phase = TaskPhase.Ended, State = TaskState.Errored };
            return new TaskErrored(Status.TaskId, Status.Action, pid, history.Count(policy.ErrorWindow ?? TimeSpan.Zero, at), at);
        }

        // What of the delay is over already counts, as when an exit of a past time is reported; the clock may have been set back meanwhile.
        var now = _clock.GetUtcNow();
        var floor = NotNegative((begun ?? now) + LeastBetweenStarts - now);
        if (floor > LeastBetweenStarts) floor = LeastBetweenStarts;
        var due = NotNegative(at + again.Delay - now);
        if (due > again.Delay) due = again.Delay;
        if (due < floor) due = floor;
        _next = new NextRun(new RunId(parts.Ids()), mask, null, Status, _standing);
        _standing = _standing with { RestartAt = now + due };
        _status = Status with { Phase = TaskPhase.Waiting, State = TaskState.Active };
        effects.Add(new Effect.ArmTimer(RestartTimer(_next.RunId), due));
        return new TaskRestarting(Status.TaskId, Status.Action, pid, again.Delay, again.Attempt, at);
    }

    private Transition RestartUnplannable(string message, List<Effect> effects)
    {
        var next = _next!;
        _next = null;
        _standing = _standing with { RestartAt = null };
        _status = Status with { Run = Status.Run + 1 };
        var stop = StopPolicy.Default;
        RestartFailed(
            new RunRecord
            {
                RunId = next.RunId,
                Task = Status.Number,
                Ordinal = Status.Run,
                Phase = TaskPhase.Starting,
                BootId = parts.BootId,
                StopSignal = stop.Signal,
                StopGrace = stop.Grace,
            },
            next.Mask,
            next.Mask.Text(message),
            effects);
        return Transition.Done;
    }

    /// <summary>A restart that could not be executed: it counts as an exit.</summary>
    private void RestartFailed(RunRecord run, SecretMask mask, string message, List<Effect> effects)
    {
        var now = _clock.GetUtcNow();
        _changes.Put(run with { Phase = TaskPhase.Ended, ExitedAt = now, ExitCode = -1, AskedGrace = null });
        _standing = _standing with { ErrorMessage = message };
        _status = Status with { Phase = TaskPhase.Ended, State = TaskState.Stopped, CurrentRun = null, ErrorMessage = message };
        var stopped = WasStopped(run);
        TaskEvent then = stopped || Status.RetryPolicy is null
            ? new TaskDequeued(Status.TaskId, Status.Action, stopped ? DequeueReason.Stopped : DequeueReason.Failed, now)
            : JudgeExit(now, now, mask, effects);
        var isWantedBack = _standing.Requeue && Phase == TaskPhase.Waiting;
        _standing = _standing with { Requeue = false };
        effects.Add(new Effect.StatusChanged(Status));
        effects.Add(new Effect.Publish(then));
        if (isWantedBack) RequeueWaiting(new TaskInput.Requeue(TimeSpan.Zero, _standing.Place), effects);
    }

    /// <summary>Whether somebody, and not its pool, wanted this start to come to nothing.</summary>
    private bool WasStopped(RunRecord run) => run.AskedGrace is not null && !_standing.Requeue;

    private Effect.Publish Left(DequeueReason reason) => new(new TaskDequeued(Status.TaskId, Status.Action, reason, _clock.GetUtcNow()));

    /// <summary>What is left of a stored wait. The wall clock may have been set back meanwhile: never more than the whole.</summary>
    private TimeSpan StoredDelayLeft()
    {
        var at = _standing.RestartAt!.Value;
        var whole = NotNegative(at - (Status.LastExitedAt ?? Status.CreatedAt));
        var left = NotNegative(at - _clock.GetUtcNow());
        return left > whole ? whole : left;
    }

    private static TimeSpan NotNegative(TimeSpan time) => time < TimeSpan.Zero ? TimeSpan.Zero : time;

    private static TimerKey RestartTimer(RunId run) => new(run, TimerKind.Restart);
}
