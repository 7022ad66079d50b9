namespace Overseer.Core.Tasks;

/// <summary>What another configuration means for the tasks that are there. Immutable.</summary>
internal sealed record ReconfigureOutcome
{
    /// <summary>The pools that are others now; by name, that of all together first.</summary>
    public IReadOnlyList<PoolDifference> Pools { get; init; } = [];

    /// <summary>The tasks with a process that an action began as it was before: they have to be started again to be as it is now. By number.</summary>
    public IReadOnlyList<TaskStatus> Outdated { get; init; } = [];

    /// <summary>The tasks with a process whose action is gone: they go on, and are not restarted. By number.</summary>
    public IReadOnlyList<TaskStatus> Orphans { get; init; } = [];

    /// <summary>The tasks that waited for a place or a restart, and do so no more as their action is gone. By number.</summary>
    public IReadOnlyList<TaskStatus> LetGo { get; init; } = [];
}
