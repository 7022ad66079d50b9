using Overseer.Protocols.V2;

namespace Overseer.Cli.Tasks;

/// <summary>Which events of all tasks are wanted: those that fit everything that is set.</summary>
internal sealed record LifecycleFilter(string? TaskId, string? Action, string? Tag, string? Group)
{
    internal bool Fits(LifecycleMessage happened)
        => (TaskId is null || happened.TaskId == TaskId)
            && (Action is null || happened.Action == Action)
            && (Tag is null || happened.Tags?.Contains(Tag, StringComparer.Ordinal) is true)
            && (Group is null || happened.Groups?.Contains(Group, StringComparer.Ordinal) is true);

    /// <summary>A pool is of an action, or of all; never of a task.</summary>
    internal bool Fits(PoolUpdatedMessage updated) => TaskId is null && Tag is null && Group is null && (Action is null || updated.Action == Action);
}
