using Overseer.Client;
using Overseer.Core.Tasks;
using Overseer.Hosting;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Tasks;

/// <summary>What the end of a task means as an exit code of ours.</summary>
internal static class TaskEnd
{
    internal static bool HasEnded(TaskInfo task) => task.State is TaskState.Stopped or TaskState.Errored;

    /// <summary>
    /// The last process's code; 128+n when signal n ended it; <see cref="ExitCodes.Refused"/> when it is not known, when there was no process, or when the task was given up and the
    /// code would be 0; <see cref="ExitCodes.NotFound"/> when the server does not know the task.
    /// </summary>
    internal static int CodeOf(TaskEnding ending)
    {
        if (ending.Forgotten)
            return ExitCodes.NotFound;
        int code = ending.Signal is { } name && PosixSignalName.TryParse(name, out int signal) ? 128 + signal
            : ending.ExitCode is >= 0 and int known ? known
            : ExitCodes.Refused;
        return ending.GivenUp && code == 0 ? ExitCodes.Refused : code;
    }

    /// <summary>The same, and says what the code alone does not tell.</summary>
    internal static int CodeOf(TaskEnding ending, EventPrinter printer, bool terminal)
    {
        if (Explain(ending, terminal) is { } text)
            printer.Say(text);
        return CodeOf(ending);
    }

    /// <summary>What an exit code does not tell about an end; null when there is nothing.</summary>
    internal static string? Explain(TaskEnding ending, bool terminal) => ending switch
    {
        { Forgotten: true } => $"there is no task '{ending.TaskId}' (any more)",
        { Dequeued: { } reason, ExitCode: null } => $"task {ending.TaskId} left its queue without being started: {WordOf(reason)}",
        { Dequeued: { } reason } => $"task {ending.TaskId} will not be restarted: {WordOf(reason)}",
        { GivenUp: true } => $"task {ending.TaskId} was given up because it exited too often; start it again with: overseer reset-task {ending.TaskId}",
        { Signal: { } signal } => terminal ? $"task {ending.TaskId} was ended by {signal}" : null,
        { ExitCode: null or < 0 } => $"the exit code of task {ending.TaskId} is not known",
        _ => null,
    };

    /// <summary>Why a task left its queue, in the protocol's word.</summary>
    internal static string WordOf(DequeueReason reason) => reason switch
    {
        DequeueReason.Stopped => "stopped",
        DequeueReason.Purged => "purged",
        DequeueReason.Displaced => "displaced",
        DequeueReason.Expired => "expired",
        DequeueReason.Failed => "failed",
        _ => "shutdown",
    };
}
