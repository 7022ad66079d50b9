using Overseer.Core.Pools;

namespace Overseer.Core.Tests.Tasks;

/// <summary>Who waits, as a list that knows nothing but what the engine said.</summary>
internal sealed class PoolWaits
{
    private readonly List<PoolWait> _waits = [];
    private int _arrivals;

    /// <summary>All whose wait has not come to its end.</summary>
    public IReadOnlyList<PoolWait> All => _waits;

    /// <summary>Those of them whose launch was not ordered.</summary>
    public IEnumerable<PoolWait> InLine => _waits.Where(wait => !wait.Launched);

    public PoolWait Add(string task, string action, bool forced, bool ranBefore, DateTimeOffset since, string? request)
    {
        var wait = new PoolWait(task, action, forced, ranBefore, since, ++_arrivals, request);
        _waits.Add(wait);
        return wait;
    }

    public void Remove(PoolWait wait) => _waits.Remove(wait);

    public PoolWait? Find(string task) => _waits.SingleOrDefault(wait => wait.Task == task);

    /// <summary>Who waits for this action: those put back first, then the others in the order of the queue.</summary>
    public List<PoolWait> Line(string action, PoolPlan plan)
    {
        var mine = InLine.Where(wait => wait.Action == action).ToList();
        var fresh = mine.Where(wait => !wait.RanBefore).OrderBy(wait => wait.Arrival);
        return [.. mine.Where(wait => wait.RanBefore), .. plan.SettingsOf(action).QueueOrder == QueueOrder.First ? fresh : fresh.Reverse()];
    }

    /// <summary>Who is displaced first.</summary>
    public PoolWait? OldestUnforced(string action) =>
        InLine.Where(wait => wait.Action == action && !wait.Forced).OrderBy(wait => wait.RanBefore).ThenBy(wait => wait.Since).ThenBy(wait => wait.Arrival).FirstOrDefault();
}
