using Overseer.Core.Drivers;

namespace Overseer.Core.Tasks;

/// <summary>
/// How far somebody's requests reach: to the tasks of some actions, and to those that carry one of some tags. Whatever is not among them is not there for that
/// somebody. Immutable; safe from all threads.
/// </summary>
/// <param name="actions">Names of actions.</param>
/// <param name="tags">Tags.</param>
public sealed class TaskReach(IReadOnlySet<string> actions, IReadOnlySet<string> tags)
{
    /// <summary>Whether a task of this action, with these tags, is within it.</summary>
    public bool Holds(string action, IReadOnlyList<string> labels) => actions.Contains(action) || (tags.Count > 0 && labels.Any(tags.Contains));

    /// <summary>Whether a task is within it.</summary>
    public bool Holds(TaskStatus task) => Holds(task.Action, task.Tags);

    /// <summary>Whether an action is: it is named, or all its tasks carry one of the tags.</summary>
    public bool Holds(ActionDefinition action) => Holds(action.Name, action.Tags);
}
