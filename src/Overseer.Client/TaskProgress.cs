// What must hold: a task that has ended is told as ended, whatever its watch saw and in whatever order.
//
// - An exit says nothing by itself: a restart may follow, or a stop of that restart, and in history it may be an exit of long ago. So after it the server is asked.
// - Nor does what follows an exit in history: a restart that was announced there may have been stopped since, and a task that was given up may have been reset, of which nothing is in the
//   journal. So after that the server is asked as well.
// - `dequeued` goes to every connection at once and may so come before the history of its task: exits that come behind it may have been before it. Where no exit was seen, the server knows
//   whether there was one.

using Overseer.Core.Tasks;
using Overseer.Protocols.V2;

namespace Overseer.Client;

/// <summary>Follows the events of one task to tell when it has ended.</summary>
internal sealed class TaskProgress(string taskId)
{
    private TaskEnding _last = new(taskId);
    private DequeueReason? _dequeued;
    private bool _queued;

    /// <summary>How it ended, when that is certain.</summary>
    internal TaskEnding? Ending { get; private set; }

    /// <summary>When something happened that may have been the end: only the server knows.</summary>
    internal DateTimeOffset? Doubt { get; private set; }

    /// <summary>The last exit that was seen.</summary>
    internal DateTimeOffset? LastExit { get; private set; }

    /// <summary>Takes the next event.</summary>
    internal void Take(ServerMessage message)
    {
        switch (message)
        {
            case StartedMessage:
                Goes();
                break;
            case QueuedMessage:
                Goes();
                _last = new TaskEnding(taskId);
                _queued = true;
                break;
            case ExitedMessage exited:
                _last = new TaskEnding(taskId) { ExitCode = exited.ExitCode, Signal = exited.Signal };
                LastExit = exited.Ts;
                MayHaveEnded(exited.Ts);
                break;
            case RestartingMessage restarting:
                MayHaveEnded(restarting.Ts);
                break;
            case ErroredMessage errored:
                MayHaveEnded(errored.Ts);
                break;
            case DequeuedMessage dequeued:
                _dequeued = dequeued.Reason;
                if (_last.ExitCode is null && !_queued)
                {
                    MayHaveEnded(dequeued.Ts);
                    break;
                }
                Doubt = null;
                Ending = _last with { Dequeued = dequeued.Reason };
                break;
            default:
                break;
        }
    }

    /// <summary>Takes the server's word on a doubt.</summary>
    /// <param name="doubt">What was asked about.</param>
    /// <param name="task">How the task stands; null when it is not known any more.</param>
    internal void Settle(DateTimeOffset doubt, Protocols.V2.TaskInfo? task)
    {
        if (doubt != Doubt)
            return;
        Doubt = null;
        // A task is shown as ended before its exit is told; and what lies before the latest exit is not its end. Not the latest start: a process may be over before it is known to have begun.
        if (task is null || (task.State is TaskState.Stopped or TaskState.Errored && (task.LastExitedAt is null || doubt >= task.LastExitedAt)))
            Ending = ExitOf(task) with { GivenUp = task?.State == TaskState.Errored, Dequeued = _dequeued };
    }

    // What was seen counts, as long as something was.
    private TaskEnding ExitOf(Protocols.V2.TaskInfo? task) => _last.ExitCode is null && task is not null ? TaskEnding.LastExitOf(task) : _last;

    private void Goes()
    {
        Doubt = null;
        Ending = null;
        _dequeued = null;
        _queued = false;
    }

    private void MayHaveEnded(DateTimeOffset at)
    {
        Doubt = at;
        Ending = null;
    }
}
