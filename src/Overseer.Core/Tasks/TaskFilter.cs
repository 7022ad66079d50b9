namespace Overseer.Core.Tasks;

/// <summary>Which tasks a list shows. Filters that are set must all match; pure, may be used from any thread.</summary>
public sealed record TaskFilter
{
    /// <summary>
    /// Only tasks whose last start or exit is at this moment or later. Queued ones are always shown, and so are those that are being started for the first time.
    /// </summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only the task with this name.</summary>
    public string? Name { get; init; }

    /// <summary>Only tasks of this origin.</summary>
    public TaskOrigin? Origin { get; init; }

    /// <summary>Only tasks of this action.</summary>
    public string? Action { get; init; }

    /// <summary>Only tasks in this state.</summary>
    public TaskState? State { get; init; }

    /// <summary>Only tasks with this tag.</summary>
    public string? Tag { get; init; }

    /// <summary>Only tasks in this group.</summary>
    public string? Group { get; init; }

    /// <summary>At most so many, the lowest numbers first; unset for all.</summary>
    public int? Limit { get; init; }

    /// <summary>Only tasks whose <see cref="TaskStatus.Number"/> is above this one: the last of the page before.</summary>
    public long? After { get; init; }

    /// <summary>The tasks to show, in the order in which they come.</summary>
    /// <param name="tasks">Tasks by number.</param>
    public IReadOnlyList<TaskStatus> Apply(IEnumerable<TaskStatus> tasks)
    {
        if (this == NoFilter && tasks is IReadOnlyList<TaskStatus> all) return all;
        var shown = new List<TaskStatus>();
        foreach (var task in tasks)
        {
            if (shown.Count == Limit) break;
            if (Matches(task)) shown.Add(task);
        }

        return shown;
    }

    /// <summary>Whether one task passes everything but <see cref="Limit"/>.</summary>
    public bool Matches(TaskStatus task) =>
        (After is null || task.Number > After)
        && (Name is null || task.Name == Name)
        && (Origin is null || task.Origin == Origin)
        && (State is null || task.State == State)
        && (Action is null || task.Action == Action)
        && (Tag is null || task.Tags.Contains(Tag, StringComparer.Ordinal))
        && (Group is null || task.Groups.Contains(Group, StringComparer.Ordinal))
        && (Since is null || task.State == TaskState.Queued || task.LastActivityAt >= Since);

    private static readonly TaskFilter NoFilter = new();
}
