using Overseer.Core.Tasks;
using Overseer.Protocols.V2;

namespace Overseer.Client;

/// <summary>A start whose task waits in a queue. What becomes of it comes with the id of its request, or, after a lost connection, about its task.</summary>
internal sealed class QueuedStart
{
    private readonly TaskCompletionSource<StartedMessage> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly QueuedMessage _queued;
    private bool _connectionLost;

    internal QueuedStart(QueuedMessage queued)
    {
        _queued = queued;
        _ = _started.Task.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default); // nobody may be waiting
    }

    internal string TaskId => _queued.TaskId;

    internal Task<StartedMessage> Started => _started.Task;

    /// <summary>Takes an event of the task. False when it is to be kept from others, as more comes.</summary>
    internal bool Take(ServerMessage message)
    {
        switch (message)
        {
            case StartedMessage started:
                _started.TrySetResult(started);
                break;
            case DequeuedMessage { Reason: DequeueReason.Failed } when !_connectionLost && !_started.Task.IsCompleted:
                return false; // the error, which says why, comes to whoever asked for the start
            case DequeuedMessage dequeued:
                _started.TrySetException(new OverseerDequeuedException(TaskId, dequeued.Reason));
                break;
            default:
                break;
        }
        return true;
    }

    internal void Fail(Exception failure) => _started.TrySetException(failure);

    /// <summary>Nothing comes with the id of the request any more.</summary>
    internal void ConnectionLost() => _connectionLost = true;

    /// <summary>Decides by how the task stands after a lost connection.</summary>
    internal void Settle(Protocols.V2.TaskInfo? task)
    {
        if (task is { LastStartedAt: { } at, CurrentPid: { } pid } && at >= _queued.Ts)
            _started.TrySetResult(new StartedMessage { TaskId = TaskId, Pid = pid, Ts = at, Id = "" });
        else if (task is not { State: TaskState.Queued or TaskState.Active })
            _started.TrySetException(new OverseerTaskLostException(TaskId));
    }
}
