namespace Overseer.Core.Tasks;

/// <summary>What a client is told about a task in one word; <see cref="TaskPhase"/> is the finer view.</summary>
public enum TaskState
{
    /// <summary>Starting, running, being stopped, or waiting for its next restart.</summary>
    Active,

    /// <summary>Ended, by itself or on request.</summary>
    Stopped,

    /// <summary>Exited too often and was given up.</summary>
    Errored,

    /// <summary>Accepted, waiting for room in a pool.</summary>
    Queued,
}
