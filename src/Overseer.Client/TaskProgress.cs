using Overseer.Core.Tasks;
using Overseer.Protocols.V2;

namespace Overseer.Client;

/// <summary>Follows the events of one task to tell when it has ended: an exit alone does not, as a restart may follow.</summary>
internal sealed class TaskProgress(string taskId)
{
    private TaskEnding _last = new(taskId);

    /// <summary>How it ended, when the events say that it has.</summary>
    internal TaskEnding? Ending { get; private set; }

    /// <summary>An exit that may be the last one: only the server knows.</summary>
    internal ExitedMessage? DoubtfulExit { get; private set; }

    /// <summary>Takes the next event.</summary>
    internal void Take(ServerMessage message)
    {
        switch (message)
        {
            case StartedMessage or RestartingMessage:
                DoubtfulExit = null;
                Ending = null;
                break;
            case QueuedMessage:
                DoubtfulExit = null;
                Ending = null;
                _last = new TaskEnding(taskId);
                break;
            case ExitedMessage exited:
                DoubtfulExit = exited;
                _last = new TaskEnding(taskId) { ExitCode = exited.ExitCode, Signal = exited.Signal };
                break;
            case ErroredMessage:
                DoubtfulExit = null;
                Ending = _last with { GivenUp = true };
                break;
            case DequeuedMessage dequeued:
                DoubtfulExit = null;
                Ending = _last with { Dequeued = dequeued.Reason };
                break;
            default:
                break;
        }
    }

    /// <summary>Takes the server's word on the exit in doubt.</summary>
    /// <param name="exited">The exit that was asked about.</param>
    /// <param name="task">How the task stands; null when it is not known any more.</param>
    internal void Settle(ExitedMessage exited, Protocols.V2.TaskInfo? task)
    {
        if (!ReferenceEquals(exited, DoubtfulExit))
            return;
        DoubtfulExit = null;
        // A task is shown as ended before its exit is told; and an exit that lies before the latest start is not the last one.
        if (task is null || (task.State is TaskState.Stopped or TaskState.Errored && (task.LastStartedAt is null || exited.Ts >= task.LastStartedAt)))
            Ending = _last with { GivenUp = task?.State == TaskState.Errored };
    }
}
