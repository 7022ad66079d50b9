namespace Overseer.Core.Pools;

/// <summary>
/// What a pool says of its own. Null means not said: queue and excess settings are then those of the pool of all together, field by field, whatever they are
/// at the time; a limit that is not said is none.
/// </summary>
public sealed record PoolOptions
{
    /// <summary>Nothing said.</summary>
    public static PoolOptions Empty { get; } = new();

    /// <summary>Tasks that may run at one time; 0 for any number.</summary>
    public int? Limit { get; init; }

    /// <summary>Whether tasks above the limit wait.</summary>
    public bool? QueueEnabled { get; init; }

    /// <summary>Tasks that may wait; 0 for any number.</summary>
    public int? QueueSize { get; init; }

    /// <summary>Who of the waiting is next.</summary>
    public QueueOrder? QueueOrder { get; init; }

    /// <summary>How long a task may wait; zero for ever.</summary>
    public TimeSpan? QueueMaxAge { get; init; }

    /// <summary>Who may take the place of a waiting task when the queue is full.</summary>
    public DisplacePolicy? Displace { get; init; }

    /// <summary>What becomes of running tasks above a lowered limit.</summary>
    public ExcessAction? ExcessAction { get; init; }

    /// <summary>Whom that hits first.</summary>
    public QueueOrder? ExcessOrder { get; init; }

    /// <summary>What they get between the stop signal and SIGKILL.</summary>
    public TimeSpan? ExcessGrace { get; init; }

    /// <summary>These settings with everything said.</summary>
    /// <param name="top">The pool of all together, or <see cref="PoolSettings.Unlimited"/> when this is the one.</param>
    public PoolSettings Resolve(PoolSettings top)
    {
        ArgumentNullException.ThrowIfNull(top);
        return new PoolSettings
        {
            Limit = Limit ?? 0,
            QueueEnabled = QueueEnabled ?? top.QueueEnabled,
            QueueSize = QueueSize ?? top.QueueSize,
            QueueOrder = QueueOrder ?? top.QueueOrder,
            QueueMaxAge = QueueMaxAge ?? top.QueueMaxAge,
            Displace = Displace ?? top.Displace,
            ExcessAction = ExcessAction ?? top.ExcessAction,
            ExcessOrder = ExcessOrder ?? top.ExcessOrder,
            ExcessGrace = ExcessGrace ?? top.ExcessGrace,
        };
    }

    /// <summary>These settings after a change: what it says is said from now on.</summary>
    public PoolOptions With(PoolChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return this with
        {
            Limit = change.Limit ?? Limit,
            QueueEnabled = change.QueueSize is { } size ? size > 0 : QueueEnabled,
            QueueSize = change.QueueSize is > 0 ? change.QueueSize : QueueSize,
            ExcessAction = change.ExcessAction ?? ExcessAction,
            ExcessOrder = change.ExcessOrder ?? ExcessOrder,
            ExcessGrace = change.ExcessGrace ?? ExcessGrace,
        };
    }
}
