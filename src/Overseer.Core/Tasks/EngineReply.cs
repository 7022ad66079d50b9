using Overseer.Core.Pools;

namespace Overseer.Core.Tasks;

/// <summary>The one direct answer to a request. A closed hierarchy.</summary>
public abstract record EngineReply
{
    private EngineReply()
    {
    }

    /// <summary>The task was started.</summary>
    /// <param name="Event">What happened.</param>
    public sealed record Started(TaskStarted Event) : EngineReply;

    /// <summary>The task waits for room in a pool. What becomes of it is told later: by another <see cref="Started"/> or <see cref="Failed"/> with the same id, or to everybody.</summary>
    /// <param name="Event">What happened.</param>
    public sealed record Queued(TaskQueued Event) : EngineReply;

    /// <summary>How a pool stands.</summary>
    /// <param name="Status">The pool.</param>
    public sealed record Pool(PoolStatus Status) : EngineReply;

    /// <summary>Waiting tasks were let go.</summary>
    /// <param name="Action">Whose queue; unset for all.</param>
    /// <param name="Count">How many.</param>
    public sealed record Purged(string? Action, int Count) : EngineReply;

    /// <summary>The request was refused, or what it asked for failed.</summary>
    /// <param name="Message">For the client, word for word; secrets masked.</param>
    /// <param name="ExistingTaskId">The task that stands in the way, when there is one.</param>
    public sealed record Failed(string Message, string? ExistingTaskId = null) : EngineReply;
}
