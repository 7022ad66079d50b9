using Overseer.Protocols.V2;

namespace Overseer.Registry;

/// <summary>What there is to be replayed of an adopted process: it has no journal, so at most its exit.</summary>
internal static class AdoptedHistory
{
    /// <summary>The answers to a <c>replay</c>.</summary>
    public static IEnumerable<ServerMessage> Replay(ReplayMessage replay, Core.Tasks.TaskStatus task)
    {
        var count = 0;
        if (task is { WorkerState: Core.Tasks.WorkerState.Exited, LastExitedAt: { } exited } && !(exited < replay.Since))
        {
            count = 1;
            yield return new ExitedMessage
            {
                TaskId = task.TaskId,
                Pid = task.CurrentPid ?? 0,
                ExitCode = task.LastExitCode ?? -1,
                Signal = task.LastSignal,
                Intentional = task.WasStopped,
                Ts = exited,
            };
        }

        yield return new ReplayedMessage { Id = replay.Id, TaskId = task.TaskId, Count = count };
    }
}
