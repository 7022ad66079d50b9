using Overseer.Core.Pools;
using Overseer.Core.Tasks;

namespace Overseer.Supervision;

/// <summary>Who can send requests to the engine: a connection of whatever kind. Called on the engine's thread: must not wait.</summary>
internal interface IRequester
{
    /// <summary>Subscribes the requester to a task it is starting.</summary>
    void AttachStarter(string requestId, string taskId);

    /// <summary>A task is about to be started, its first events are still to come; or it has other labels.</summary>
    void TaskStarting(TaskStatus task);

    /// <summary>Whether some tasks are hidden from it: then it hears of every change.</summary>
    bool IsLimited { get; }

    /// <summary>A task has changed; told to those alone who are limited.</summary>
    void TaskChanged(TaskStatus task);

    /// <summary>A task is known no more.</summary>
    void TaskForgotten(string taskId);

    /// <summary>The direct answer to a request.</summary>
    /// <param name="requestId">The request.</param>
    /// <param name="reply">The answer.</param>
    /// <param name="late">True when it was answered before: by <c>queued</c>.</param>
    void Answer(string requestId, EngineReply reply, bool late);

    /// <summary>Something that everybody hears who may.</summary>
    /// <param name="happened">What happened.</param>
    /// <param name="task">The task after it; null when it is known no more.</param>
    void Broadcast(TaskEvent happened, TaskStatus? task);

    /// <summary>Something that those hear who subscribed to the task, beside its stream.</summary>
    void Tell(TaskEvent happened);

    /// <summary>Everybody hears how a pool stands now.</summary>
    void PoolChanged(PoolStatus status);
}
