using Overseer.Core.Tasks;
using Overseer.Protocols.V2;

namespace Overseer.Client;

/// <summary>How a task ended. A task that waits for a restart, or in a queue, has not ended.</summary>
/// <param name="TaskId">The task.</param>
public sealed record TaskEnding(string TaskId)
{
    /// <summary>The exit code of its last process, -1 when a signal ended it or the code is not known; unset when no process of it ever ran.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The signal that ended its last process, such as <c>SIGKILL</c>.</summary>
    public string? Signal { get; init; }

    /// <summary>Whether it was given up because it exited too often: it can be reset.</summary>
    public bool GivenUp { get; init; }

    /// <summary>Why it left a queue or its wait for a restart; unset when it ended by an exit.</summary>
    public DequeueReason? Dequeued { get; init; }

    /// <summary>Whether the server does not know the task, or knows it no more: nothing else is set then.</summary>
    public bool Forgotten { get; init; }

    /// <summary>What a task's last exit says of it, whether it has ended or not.</summary>
    internal static TaskEnding LastExitOf(Protocols.V2.TaskInfo task)
        => task.State == TaskState.Queued ? new TaskEnding(task.TaskId) : new TaskEnding(task.TaskId) { ExitCode = task.LastExitCode, Signal = task.LastSignal };

    /// <summary>The ending of a task by how it stands; null when it has not ended.</summary>
    /// <param name="task">The task, as the server lists it.</param>
    public static TaskEnding? Of(Protocols.V2.TaskInfo task)
        => task.State is TaskState.Stopped or TaskState.Errored ? LastExitOf(task) with { GivenUp = task.State == TaskState.Errored } : null;
}
