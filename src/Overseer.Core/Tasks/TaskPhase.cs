namespace Overseer.Core.Tasks;

/// <summary>Where the life of a task stands: the states of <c>TaskMachine</c>.</summary>
public enum TaskPhase
{
    /// <summary>The launch was ordered; neither a pid nor a failure has been reported yet.</summary>
    Starting,

    /// <summary>A process runs.</summary>
    Running,

    /// <summary>The stop signal was sent; the grace time runs.</summary>
    Stopping,

    /// <summary>SIGKILL was sent; the exit has not been reported yet.</summary>
    Killing,

    /// <summary>It waits for room in a pool.</summary>
    Queued,

    /// <summary>Its latest process has exited, and it waits for its restart.</summary>
    Waiting,

    /// <summary>The last run is over.</summary>
    Ended,
}
