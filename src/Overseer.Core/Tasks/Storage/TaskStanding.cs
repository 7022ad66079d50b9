namespace Overseer.Core.Tasks.Storage;

/// <summary>Where a task stands beside what its runs say: the part of <see cref="TaskRecord"/> that changes with each restart or place in a queue. Immutable.</summary>
internal sealed record TaskStanding
{
    /// <summary><see cref="TaskState.Errored"/> or <see cref="TaskState.Queued"/>; else <see cref="TaskState.Active"/>, whatever its runs do.</summary>
    public TaskState State { get; init; } = TaskState.Active;

    /// <summary>Automatic restarts in the task's whole life.</summary>
    public int RestartCount { get; init; }

    /// <summary>Why the latest restart could not be executed.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>Since when it waits for a pool; it stays until the process that the wait was for has begun.</summary>
    public DateTimeOffset? QueuedAt { get; init; }

    /// <summary>Its place among those that wait: the lowest goes first, if the queue's order is that.</summary>
    public long Place { get; init; }

    /// <summary>Whether it was started with force.</summary>
    public bool Forced { get; init; }

    /// <summary>Whether its run is being stopped in order to wait in the queue again.</summary>
    public bool Requeue { get; init; }

    /// <summary>When it is to be started again; set as long as it waits for that.</summary>
    public DateTimeOffset? RestartAt { get; init; }

    /// <summary>Exits of runs with a lower ordinal do not count against the retry policy: the task was started anew since.</summary>
    public int HistoryFrom { get; init; }

    /// <summary>How many exits do count.</summary>
    public int ExitCount { get; init; }
}
