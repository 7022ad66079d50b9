namespace Overseer.Core.Pools;

/// <summary>A change to a pool while the server runs; what is unset stays as it is.</summary>
public sealed record PoolChange
{
    /// <summary>Tasks that may run at one time; 0 for any number.</summary>
    public int? Limit { get; init; }

    /// <summary>Tasks that may wait; 0 for no queue. Those that wait already stay.</summary>
    public int? QueueSize { get; init; }

    /// <summary>What becomes of running tasks above a lowered limit.</summary>
    public ExcessAction? ExcessAction { get; init; }

    /// <summary>Whom that hits first.</summary>
    public QueueOrder? ExcessOrder { get; init; }

    /// <summary>What they get between the stop signal and SIGKILL.</summary>
    public TimeSpan? ExcessGrace { get; init; }
}
