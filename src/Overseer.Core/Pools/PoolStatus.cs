namespace Overseer.Core.Pools;

/// <summary>A pool at one moment. Immutable.</summary>
public sealed record PoolStatus
{
    /// <summary>The action whose pool it is; unset for the pool of all together.</summary>
    public string? Action { get; init; }

    /// <summary>The settings in force.</summary>
    public required PoolSettings Settings { get; init; }

    /// <summary>Tasks that hold a place: they run, or are about to, or wait for a restart.</summary>
    public required int Running { get; init; }

    /// <summary>Tasks that wait.</summary>
    public required int QueueDepth { get; init; }

    /// <summary>Those that wait, the next to start first.</summary>
    public required IReadOnlyList<PoolQueueItem> Items { get; init; }
}
