namespace Overseer.Core.Tasks;

/// <summary>State of a task's latest process.</summary>
public enum WorkerState
{
    /// <summary>It runs.</summary>
    Running,

    /// <summary>It has exited.</summary>
    Exited,
}
