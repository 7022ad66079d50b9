using Overseer.Core.Drivers;

namespace Overseer.Core.Tasks;

/// <summary>Who asked: a connection by its number and the id that its message carried. Ids, never references, so that an origin may be far away or gone.</summary>
/// <param name="Connection">The connection's number; 0 is the server itself.</param>
/// <param name="RequestId">The message's id, echoed in the answer; may be empty.</param>
public readonly record struct RequestOrigin(long Connection, string RequestId)
{
    /// <summary>The tasks that the request may concern; unset for all. Others are not there for whoever asked.</summary>
    public TaskReach? Reach { get; init; }

    /// <summary>Whether a task is there for whoever asked.</summary>
    public bool Sees(TaskStatus task) => Reach is null || Reach.Holds(task);

    /// <summary>Whether an action is there for whoever asked.</summary>
    public bool Sees(ActionDefinition action) => Reach is null || Reach.Holds(action);
}
