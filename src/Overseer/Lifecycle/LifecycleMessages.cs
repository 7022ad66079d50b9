using Overseer.Core.Tasks;
using Overseer.Protocols.V2;

namespace Overseer.Lifecycle;

/// <summary>What the engine says, as lifecycle messages.</summary>
internal static class LifecycleMessages
{
    /// <summary>An event as its message.</summary>
    /// <param name="happened">The event.</param>
    /// <param name="number">Its number.</param>
    /// <param name="task">The task after it; null when it is known no more.</param>
    /// <exception cref="ArgumentException">The event is of a kind that has no message.</exception>
    public static LifecycleMessage Of(TaskEvent happened, long number, TaskStatus? task)
    {
        var message = new LifecycleMessage
        {
            Event = KindOf(happened),
            Number = number,
            TaskId = happened.TaskId,
            Action = happened.Action,
            Name = task?.Name,
            Tags = task?.Tags is { Count: > 0 } tags ? tags : null,
            Groups = task?.Groups is { Count: > 0 } groups ? groups : null,
            State = task?.State,
            Ts = happened.At,
        };
        return happened switch
        {
            TaskQueued e => message with { Position = e.Position },
            TaskStarted e => message with { Pid = e.Pid, RestartOf = e.RestartOf },
            TaskExited e => message with { Pid = e.Pid, ExitCode = e.ExitCode, Signal = e.Signal, Intentional = e.Intentional },
            TaskAdopted e => message with { Pid = e.Pid },
            AdoptedExited e => message with { Pid = e.Pid, ExitCode = e.ExitCode ?? -1, Signal = e.Signal, Intentional = e.Intentional },
            TaskRestarting e => message with { Pid = e.Pid, RestartDelay = e.RestartDelay, Attempt = e.Attempt },
            TaskErrored e => message with { Pid = e.Pid, ExitCount = e.ExitCount },
            TaskDequeued e => message with { Reason = e.Reason },
            _ => message,
        };
    }

    private static LifecycleEvent KindOf(TaskEvent happened) => happened switch
    {
        TaskQueued => LifecycleEvent.Queued,
        TaskStarted or TaskAdopted => LifecycleEvent.Started,
        TaskExited or AdoptedExited => LifecycleEvent.Exited,
        TaskRestarting => LifecycleEvent.Restarting,
        TaskErrored => LifecycleEvent.Errored,
        TaskDequeued => LifecycleEvent.Dequeued,
        _ => throw new ArgumentException($"{happened.GetType().Name} has no message", nameof(happened)),
    };
}
