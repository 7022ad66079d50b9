using System.Collections.Concurrent;
using Overseer.Core.Pools;

namespace Overseer.Metrics;

/// <summary>The limits that are in force, of those pools that have one: as configured, then as changed. From any thread.</summary>
internal sealed class PoolLimits
{
    private readonly ConcurrentDictionary<string, int> _byAction = new(StringComparer.Ordinal);
    private volatile int _top;

    /// <summary>Begins with what is configured.</summary>
    public PoolLimits(PoolPlan plan) => Replace(plan);

    /// <summary>The limit of all tasks together; 0 for none.</summary>
    public int Top => _top;

    /// <summary>The actions that have a limit of their own.</summary>
    public IEnumerable<KeyValuePair<string, int>> ByAction => _byAction.Where(pair => pair.Value > 0);

    /// <summary>Another configuration: what was changed of the last one is forgotten. On the thread that changes.</summary>
    public void Replace(PoolPlan plan)
    {
        _top = plan.TopSettings.Limit;
        foreach (var gone in _byAction.Keys.Where(action => !plan.Actions.ContainsKey(action)))
        {
            _byAction.TryRemove(gone, out _);
        }

        foreach (var (action, options) in plan.Actions)
        {
            _byAction[action] = options.Limit ?? 0;
        }
    }

    /// <summary>A pool was changed.</summary>
    public void Changed(PoolStatus pool)
    {
        if (pool.Action is { } action)
        {
            _byAction[action] = pool.Settings.Limit;
        }
        else
        {
            _top = pool.Settings.Limit;
        }
    }
}
