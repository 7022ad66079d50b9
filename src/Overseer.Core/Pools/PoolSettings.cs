namespace Overseer.Core.Pools;

/// <summary>How many tasks may run and wait, with everything said. Immutable.</summary>
public sealed record PoolSettings
{
    /// <summary>The longest <see cref="QueueMaxAge"/> that is accepted: 30 days.</summary>
    public static readonly TimeSpan LongestQueueAge = TimeSpan.FromDays(30);

    /// <summary>No limit, no queue.</summary>
    public static PoolSettings Unlimited { get; } = new();

    /// <summary>Tasks that may run at one time; 0, the default, for any number.</summary>
    public int Limit { get; init; }

    /// <summary>Whether tasks above the limit wait. Default false: they are refused.</summary>
    public bool QueueEnabled { get; init; }

    /// <summary>Tasks that may wait; 0, the default, for any number.</summary>
    public int QueueSize { get; init; }

    /// <summary>Who of the waiting is next. Default: who waits longest.</summary>
    public QueueOrder QueueOrder { get; init; }

    /// <summary>How long a task may wait; zero, the default, for ever.</summary>
    public TimeSpan QueueMaxAge { get; init; }

    /// <summary>Who may take the place of a waiting task when the queue is full. Default: a forced start.</summary>
    public DisplacePolicy Displace { get; init; }

    /// <summary>What becomes of running tasks above a lowered limit. Default: they are stopped.</summary>
    public ExcessAction ExcessAction { get; init; }

    /// <summary>Whom that hits first. Default: the longest running.</summary>
    public QueueOrder ExcessOrder { get; init; }

    /// <summary>What they get between the stop signal and SIGKILL. Default 5 s.</summary>
    public TimeSpan ExcessGrace { get; init; } = TimeSpan.FromSeconds(5);
}
