using Overseer.Protocols.V2;

namespace Overseer.Client;

/// <summary>What became of a start.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Started">Set when it runs.</param>
/// <param name="Queued">Set when it waits for room in a pool.</param>
/// <param name="Watch">Its events from the very first line on, when they were asked for; to be disposed by the caller.</param>
public sealed record TaskStart(string TaskId, StartedMessage? Started, QueuedMessage? Queued, TaskWatch? Watch);
