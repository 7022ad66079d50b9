using Overseer.Core.Pools;

namespace Overseer.Core.Tasks;

/// <summary>Keeps places and queues of the pools in step with the phases of tasks, and the timers that end a wait. What becomes of a task is not decided here.</summary>
internal sealed class TaskPlaces(PoolTable<TaskEntry> pools, TimeProvider clock)
{
    /// <summary>Ties a task of an earlier server to its pool, where it was.</summary>
    public void Restore(TaskEntry entry, List<Effect> effects)
    {
        entry.Ticket = new PoolTicket<TaskEntry>(entry, entry.TaskId, entry.Record.Action);
        if (entry.Machine.Phase == TaskPhase.Queued) EnterQueue(entry, effects);
        else if (HoldsPlace(entry.Machine.Phase)) Enter(entry);
    }

    /// <summary>A task has another phase than before.</summary>
    public void Change(TaskEntry entry, TaskPhase before, List<Effect> effects)
    {
        var phase = entry.Machine.Phase;
        if (before == TaskPhase.Queued) LeaveQueue(entry, effects);
        if (HoldsPlace(before) && !HoldsPlace(phase)) pools.Leave(entry.Ticket!);
        if (HoldsPlace(phase) && !HoldsPlace(before)) Enter(entry);
        if (phase != TaskPhase.Queued) return;
        var position = EnterQueue(entry, effects);
        var origin = entry.Machine.Next!.Origin;
        var queued = new TaskQueued(entry.TaskId, entry.Status.Action, position, origin, entry.Status.QueuedAt!.Value);
        if (origin is { } asked) effects.Add(new Effect.Reply(asked, new EngineReply.Queued(queued)));
        effects.Add(new Effect.Publish(queued));
    }

    /// <summary>The timer of a task that waits has elapsed. False when its wait is not over: it was none, or the pool says otherwise by now.</summary>
    public bool HasExpired(TaskEntry entry, List<Effect> effects)
    {
        if (!entry.ExpiryArmed) return false;
        entry.ExpiryArmed = false;
        if (entry.Ticket!.QueuedAt + pools.Settings(entry.Ticket.Action).QueueMaxAge <= clock.GetUtcNow()) return true;
        ArmExpiry(entry, effects);
        return false;
    }

    /// <summary>Times a wait anew whose pool may have another maximum age.</summary>
    /// <param name="entry">The task.</param>
    /// <param name="before">The former one.</param>
    /// <param name="effects">Gets what has to be done.</param>
    public void ExpireAnew(TaskEntry entry, TimeSpan before, List<Effect> effects)
    {
        if (entry.Machine.Phase != TaskPhase.Queued || pools.Settings(entry.Ticket!.Action).QueueMaxAge == before) return;
        Disarm(entry, effects);
        ArmExpiry(entry, effects);
    }

    private static bool HoldsPlace(TaskPhase phase) => phase is not (TaskPhase.Queued or TaskPhase.Ended);

    private static TimerKey ExpiryTimer(RunId run) => new(run, TimerKind.QueueExpiry);

    private void Enter(TaskEntry entry)
    {
        if (!entry.Status.IsForeign) pools.Enter(entry.Ticket!);
    }

    private int EnterQueue(TaskEntry entry, List<Effect> effects)
    {
        var (standing, ticket) = (entry.Machine.Standing, entry.Ticket!);
        var since = standing.QueuedAt ?? entry.Status.CreatedAt;
        var position = pools.Enqueue(ticket, since, standing.Forced, standing.Place);
        ArmExpiry(entry, effects);
        entry.QueuedRun = entry.Machine.Next!.RunId;
        return position;
    }

    private void LeaveQueue(TaskEntry entry, List<Effect> effects)
    {
        pools.Remove(entry.Ticket!);
        Disarm(entry, effects);
    }

    private void ArmExpiry(TaskEntry entry, List<Effect> effects)
    {
        if (pools.Settings(entry.Ticket!.Action).QueueMaxAge is not { Ticks: > 0 } age) return;

        // After a restart of the server part of it is over; the wall clock may have been set back since.
        var left = entry.Ticket.QueuedAt + age - clock.GetUtcNow();
        effects.Add(new Effect.ArmTimer(ExpiryTimer(entry.Machine.Next!.RunId), left < TimeSpan.Zero ? TimeSpan.Zero : left > age ? age : left));
        entry.ExpiryArmed = true;
    }

    private static void Disarm(TaskEntry entry, List<Effect> effects)
    {
        if (entry.ExpiryArmed) effects.Add(new Effect.CancelTimer(ExpiryTimer(entry.QueuedRun)));
        entry.ExpiryArmed = false;
    }
}
