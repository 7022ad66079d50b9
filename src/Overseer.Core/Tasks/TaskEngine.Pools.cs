using Overseer.Core.Pools;

namespace Overseer.Core.Tasks;

/// <content>What is asked about pools, and what is changed of them while tasks run.</content>
internal sealed partial class TaskEngine
{
    private void PoolInfo(EngineCommand.PoolInfo info, List<Effect> effects)
    {
        EngineReply answer = UnknownAction(info.Action, info.Origin) is { } unknown ? unknown : new EngineReply.Pool(_pools.Status(info.Action));
        effects.Add(new Effect.Reply(info.Origin, answer));
    }

    private void SetPool(EngineCommand.SetPool set, List<Effect> effects)
    {
        if (UnknownAction(set.Action, set.Origin) is { } unknown)
        {
            effects.Add(new Effect.Reply(set.Origin, unknown));
            return;
        }

        var settings = _pools.Change(set.Action, set.Change);
        var status = _pools.Status(set.Action);
        effects.Add(new Effect.Reply(set.Origin, new EngineReply.Pool(status)));
        effects.Add(new Effect.PoolChanged(status));
        EndExcess(set.Action, settings, effects);
    }

    /// <summary>Makes those leave their places that are above the limit, beside those that are leaving already.</summary>
    private void EndExcess(string? action, PoolSettings settings, List<Effect> effects)
    {
        if (_pools.Excess(action) is not (> 0 and var excess)) return;
        var holders = _pools.Holders(action);
        excess -= holders.Count(holder => holder.Machine.IsLeaving);
        var byAge = holders.Where(holder => !holder.Machine.IsLeaving).OrderBy(RunsSince).ThenBy(holder => holder.Number);
        var ordered = settings.ExcessOrder == QueueOrder.First ? byAge : byAge.Reverse();
        foreach (var holder in ordered.Take(Math.Max(0, excess)).ToList())
        {
            TaskInput input = settings.ExcessAction == ExcessAction.Requeue
                ? new TaskInput.Requeue(settings.ExcessGrace, PoolTable<TaskEntry>.FrontPlace(RunsSince(holder)))
                : new TaskInput.Stop(null, settings.ExcessGrace);
            Drive(holder, input, effects);
        }

        static DateTimeOffset RunsSince(TaskEntry entry) => entry.Status.LastStartedAt ?? entry.Status.CreatedAt;
    }

    private void Purge(EngineCommand.Purge purge, List<Effect> effects)
    {
        if (UnknownAction(purge.Action, purge.Origin) is { } unknown)
        {
            effects.Add(new Effect.Reply(purge.Origin, unknown));
            return;
        }

        var waiting = _pools.Waiting(purge.Action).Where(ticket => purge.Origin.Sees(ticket.Task.Status)).ToList();
        effects.Add(new Effect.Reply(purge.Origin, new EngineReply.Purged(purge.Action, waiting.Count)));
        foreach (var ticket in waiting) Drive(ticket.Task, new TaskInput.Dequeue(DequeueReason.Purged), effects);
    }

    private EngineReply.Failed? UnknownAction(string? action, RequestOrigin origin) =>
        action is null || (_actions.Find(action) is { } found && origin.Sees(found.Definition)) ? null : new EngineReply.Failed(_actions.Refusal(action));
}
