namespace Overseer.Core.Pools;

/// <summary>A task that waits for room.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Action">Its action.</param>
/// <param name="QueuedAt">Since when it waits.</param>
/// <param name="Position">Its place in the order of starting; 0 is next.</param>
/// <param name="Forced">Whether it was started with force: it is not displaced.</param>
public sealed record PoolQueueItem(string TaskId, string Action, DateTimeOffset QueuedAt, int Position, bool Forced);
