using Overseer.Core.Drivers;
using Overseer.Core.Pools;

namespace Overseer.Core.Tasks;

// What must hold:
//  - All of it is one step: no start is ever decided by the actions of one configuration and the pools of another.
//  - Afterwards everything is as it would be if the server had been ended and started again with that configuration, the tasks having gone on: so nothing changes
//    when it really is. Restore, which does that, takes the same from the actions: labels, policies, masks, keys, pools.
//  - A process is what it was started as, its stop signal and grace time included, until it is started again.
/// <content>Another configuration while tasks run.</content>
internal sealed partial class TaskEngine
{
    private void Reconfigure(EngineCommand.Reconfigure next, List<Effect> effects)
    {
        List<string?> known = [null, .. _actions.Entries.Select(entry => entry.Definition.Name)];
        var before = known.ConvertAll(_pools.Settings);
        var former = _table.All.Where(entry => entry.Machine.Phase == TaskPhase.Queued).ToDictionary(entry => entry, entry => _pools.Settings(entry.Status.Action).QueueMaxAge);
        _actions = next.Actions;
        _desk.Use(next.Actions, next.Options);
        _adopted.Use(next.Options);
        _labels.Use(next.Actions);
        _pools.Replace(next.Options.Pools);
        foreach (var entry in _table.All) DescribeAnew(entry, effects);
        OccupyAnew();
        var letGo = _ending ? [] : LetOrphansGo(effects);
        foreach (var (entry, age) in former) _places.ExpireAnew(entry, age, effects);

        List<PoolDifference> changed = [];
        for (var i = 0; i < known.Count; i++)
        {
            if (known[i] is { } name && next.Actions.Find(name) is null) continue;
            var settings = _pools.Settings(known[i]);
            if (settings == before[i]) continue;
            changed.Add(new PoolDifference(known[i], before[i], settings));
            effects.Add(new Effect.PoolChanged(_pools.Status(known[i])));
            if (settings.Limit != before[i].Limit) EndExcess(known[i], settings, effects);
        }

        List<TaskEntry> running = [.. _table.All.Where(entry => entry.Machine.CurrentRun is not null).OrderBy(entry => entry.Number)];
        var outcome = new ReconfigureOutcome
        {
            Pools = changed,
            Outdated = [.. running.Where(IsOutdated).Select(entry => entry.Status)],
            Orphans = [.. running.Where(entry => _desk.IsActionGone(entry.Record, out _)).Select(entry => entry.Status)],
            LetGo = letGo,
        };
        effects.Add(new Effect.Reconfigured(next.Actions, next.Options.Pools, outcome));
    }

    private bool IsOutdated(TaskEntry entry) =>
        entry.Machine.From is { } from && _desk.ActionOf(entry.Record) is { } now && from != now && !now.StartsLike(from);

    /// <summary>Ends the wait of those whose action is gone.</summary>
    /// <returns>The tasks as they were.</returns>
    private List<TaskStatus> LetOrphansGo(List<Effect> effects)
    {
        List<TaskStatus> gone = [];
        foreach (var entry in _table.All.Where(entry => entry.Machine.Phase is TaskPhase.Queued or TaskPhase.Waiting).OrderBy(entry => entry.Number).ToList())
        {
            if (!_desk.IsActionGone(entry.Record, out var message)) continue;
            gone.Add(entry.Status);
            Drive(entry, new TaskInput.ActionGone(message), effects);
        }

        return gone;
    }

    private void DescribeAnew(TaskEntry entry, List<Effect> effects)
    {
        var (before, after) = (entry.Status, _desk.Describe(entry.Status, entry.Record));
        var labels = !before.Tags.SequenceEqual(after.Tags) || !before.Groups.SequenceEqual(after.Groups);
        if (!labels && before.RetryPolicy == after.RetryPolicy && SameParameters(before.Params, after.Params)) return;
        entry.Machine.Describe(after, effects);
        if (!labels) return;
        _index.Relabel(entry);
        effects.Add(new Effect.LabelsChanged(after));

        static bool SameParameters(IReadOnlyDictionary<string, string>? one, IReadOnlyDictionary<string, string>? other) =>
            one?.Count == other?.Count && (one is null || one.All(pair => other!.TryGetValue(pair.Key, out var value) && value == pair.Value));
    }

    private void OccupyAnew()
    {
        _byDedupeKey.Clear();
        foreach (var entry in _table.All.OrderBy(entry => entry.Number))
        {
            entry.DedupeKey = entry.Machine.Phase == TaskPhase.Ended ? null : _desk.DedupeKeyOf(entry.Record);
            _byDedupeKey.Add(entry);
            _table.SetBytes(entry, TaskSize.Of(entry.Status, entry.DedupeKey));
        }
    }
}
