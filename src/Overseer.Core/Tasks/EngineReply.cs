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

    /// <summary>The process is a task now.</summary>
    /// <param name="Task">The task.</param>
    public sealed record Adopted(TaskStatus Task) : EngineReply;

    /// <summary>The process is a task already.</summary>
    /// <param name="Task">The task.</param>
    public sealed record AlreadyKnown(TaskStatus Task) : EngineReply;

    /// <summary>The task is forgotten.</summary>
    /// <param name="Task">The task as it was.</param>
    public sealed record Removed(TaskStatus Task) : EngineReply;

    /// <summary>A label has another name.</summary>
    /// <param name="Count">How many tasks had it.</param>
    public sealed record Renamed(int Count) : EngineReply;

    /// <summary>Adopted and ended tasks are forgotten.</summary>
    /// <param name="Count">How many they were.</param>
    public sealed record RegistryReset(int Count) : EngineReply;

    /// <summary>A stop could not end everything: SIGKILL was sent, and somebody lives on.</summary>
    /// <param name="Pids">Who, at least one.</param>
    public sealed record Survived(IReadOnlyList<int> Pids) : EngineReply
    {
        /// <summary>The same for clients.</summary>
        public string Message => $"the stop could not end every process of the task; still there: {string.Join(", ", Pids)}";
    }

    /// <summary>The request was refused, or what it asked for failed.</summary>
    /// <param name="Message">For the client, word for word; secrets masked.</param>
    /// <param name="ExistingTaskId">The task that stands in the way, when there is one.</param>
    public sealed record Failed(string Message, string? ExistingTaskId = null) : EngineReply;

    /// <summary>What was asked for could not be stored.</summary>
    /// <param name="Message">For the client, word for word.</param>
    public sealed record NotStored(string Message) : EngineReply;
}
