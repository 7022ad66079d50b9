using Overseer.Core.Registry;
using Overseer.Core.Tasks;
using Overseer.Hosted;
using Overseer.Protocols.V2;
using Overseer.Recorder.Cgroups;
using Overseer.Recorder.Processes;
using Overseer.Supervision;

namespace Overseer.Signals;

/// <summary>Sends signals to tasks for clients. A signal is not a stop: what the task makes of it counts as its own doing. Thread-safe.</summary>
/// <param name="engine">Knows which run a task has.</param>
/// <param name="recorder">Knows the run's process.</param>
/// <param name="hosted">Carries out the runs that are no processes.</param>
/// <param name="groupOf">The control group of a run, if it has one.</param>
internal sealed class SignalDesk(TaskEngine engine, RecorderKeeper recorder, HostedRuns hosted, Func<Guid, RunCgroup?> groupOf)
{
    private const string NotRunning = "task is not running";

    /// <summary>Sends one: to the task's process alone through its pidfd, or to its whole tree, which costs a pass over all processes.</summary>
    public ServerMessage Handle(SignalMessage request) => Refusal(request) is { } refusal
        ? new ErrorMessage { Id = request.Id, Message = refusal }
        : new AcceptedMessage { Id = request.Id, TaskId = request.TaskId };

    private string? Refusal(SignalMessage request)
    {
        if (!PosixSignalName.TryParse(request.Signal, out var signal))
        {
            return $"signal: \"{request.Signal}\" is no signal; allowed are names such as SIGUSR1 or USR1, and numbers from 1 to 64";
        }

        if (engine.Find(request.TaskId) is not { } task)
        {
            return "task not found";
        }

        if (task.Origin == TaskOrigin.Adopted)
        {
            return ToAdopted(request, signal);
        }

        if (task.CurrentRun is { } carriedOut && hosted.TrySignal(carriedOut, signal))
        {
            return null;
        }

        if (task.CurrentRun is not { Value: var run } || recorder.ProcessOf(run) is not { } process)
        {
            return NotRunning;
        }

        return request.Tree ? ToTree(run, process, signal) : ToProcess(process, signal);
    }

    // Of a process that somebody else started nothing but the descendants are its own: its session and group are whose shell or service it came from.
    private string? ToAdopted(SignalMessage request, int signal)
    {
        if (engine.Registry.Find(request.TaskId) is not AdoptedTask { IsAlive: true, Process: var adopted })
        {
            return NotRunning;
        }

        var root = new ProcessIdentity(adopted.Pid, adopted.StartTime);
        if (!request.Tree)
        {
            return ToProcess(root, signal);
        }

        var left = new List<int>();
        foreach (var process in Descendants.Of(root).Where(process => process.Pid != Environment.ProcessId && process.Pid != recorder.RecorderPid))
        {
            using var handle = ProcessHandle.Open(process);
            if (handle is { HasExited: false } && !handle.TrySend(signal))
            {
                left.Add(process.Pid);
            }
        }

        return left.Count == 0 ? null : $"the system refuses {PosixSignalName.Of(signal)} to the processes {string.Join(", ", left)}";
    }

    private static string? ToProcess(ProcessIdentity process, int signal)
    {
        using var handle = ProcessHandle.Open(process);
        if (handle is not { HasExited: false })
        {
            return NotRunning;
        }

        return handle.TrySend(signal) ? null : $"the system refuses {PosixSignalName.Of(signal)} to pid {process.Pid}";
    }

    private string? ToTree(Guid run, ProcessIdentity process, int signal)
    {
        var report = RunSignal.Send(groupOf(run), process.Pid, process.StartTime, signal, run, recorder.RecorderPid);
        return report.Remaining.Count == 0 ? null : $"{PosixSignalName.Of(signal)} did not reach, or did not end, the processes {string.Join(", ", report.Remaining)}";
    }
}
