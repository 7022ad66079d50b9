using Overseer.Client;
using Overseer.Core.Tasks;
using Overseer.Hosting;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Tasks;

/// <summary>Tells whether an exit was a task's last one, and what exit code it means for us.</summary>
internal static class TaskEnd
{
    /// <summary>
    /// A task is shown as ended before its exit is told, so one look decides; and an exit that lies before the latest start is not the last one, however the
    /// task stands by now.
    /// </summary>
    internal static async Task<bool> IsFinalAsync(OverseerClient client, ExitedMessage exited, CancellationToken cancellation)
    {
        IReadOnlyList<TaskInfo> tasks = await client.ListAsync(cancellationToken: cancellation);
        TaskInfo? task = tasks.FirstOrDefault(task => task.TaskId == exited.TaskId);
        return task is null || (HasEnded(task) && (task.LastStartedAt is null || exited.Ts >= task.LastStartedAt));
    }

    internal static bool HasEnded(TaskInfo task) => task.State is TaskState.Stopped or TaskState.Errored;

    /// <summary>The process's code; 128+n when signal n ended it; <see cref="ExitCodes.Refused"/> when it is not known.</summary>
    internal static int CodeOf(ExitedMessage exited)
        => exited.Signal is { } name && PosixSignalName.TryParse(name, out int signal) ? 128 + signal
            : exited.ExitCode >= 0 ? exited.ExitCode
            : ExitCodes.Refused;
}
