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

    /// <summary>A task is known no more.</summary>
    void TaskForgotten(string taskId);

    /// <summary>The direct answer to a request.</summary>
    /// <param name="requestId">The request.</param>
    /// <param name="reply">The answer.</param>
    /// <param name="late">True when it was answered before: by <c>queued</c>.</param>
    void Answer(string requestId, EngineReply reply, bool late);

    /// <summary>Something that everybody hears.</summary>
    void Broadcast(TaskEvent happened);

    /// <summary>Something that those hear who subscribed to the task, beside its stream.</summary>
    void Tell(TaskEvent happened);

    /// <summary>Everybody hears how a pool stands now.</summary>
    void PoolChanged(PoolStatus status);
}
