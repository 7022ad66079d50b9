namespace Overseer.Protocols.V2;

/// <summary>What can happen to a task, beside its output.</summary>
public enum LifecycleEvent
{
    /// <summary>It waits for room in a pool.</summary>
    Queued,

    /// <summary>A process of it runs.</summary>
    Started,

    /// <summary>A process of it has exited.</summary>
    Exited,

    /// <summary>It will be started again after a delay.</summary>
    Restarting,

    /// <summary>It exited too often and was given up.</summary>
    Errored,

    /// <summary>It left a queue, or its wait for a restart, without being started.</summary>
    Dequeued,
}
