namespace Overseer.Core.Pools;

/// <summary>The pools as the configuration says them. Immutable.</summary>
public sealed record PoolPlan
{
    /// <summary>No limits, no queues.</summary>
    public static PoolPlan Unlimited { get; } = new();

    /// <summary>The pool of all tasks together.</summary>
    public PoolOptions Top { get; init; } = PoolOptions.Empty;

    /// <summary>The actions that say something of their own, by name.</summary>
    public IReadOnlyDictionary<string, PoolOptions> Actions { get; init; } = new Dictionary<string, PoolOptions>();

    /// <summary>The pool of all tasks together, with everything said.</summary>
    public PoolSettings TopSettings => Top.Resolve(PoolSettings.Unlimited);

    /// <summary>The pool of an action, with everything said. One that says nothing has no limit of its own and queues as the pool of all together says.</summary>
    public PoolSettings SettingsOf(string action) => (Actions.GetValueOrDefault(action) ?? PoolOptions.Empty).Resolve(TopSettings);
}
