namespace Overseer.Core.Tasks;

/// <summary>What a timer of the engine is for.</summary>
internal enum TimerKind
{
    /// <summary>End of a stopped run's grace time: whatever is left of its tree gets SIGKILL.</summary>
    Grace,

    /// <summary>End of the wait for a restart; the run is the one that will begin.</summary>
    Restart,

    /// <summary>A task has waited in its queue as long as it may; the run is the one that would have begun.</summary>
    QueueExpiry,

    /// <summary>End of the grace time of an adopted process; the run has the task's id.</summary>
    AdoptedGrace,
}
