using Microsoft.Extensions.Logging;
using Overseer.Core.Tasks;
using Overseer.Recorder.Cgroups;
using Overseer.Recorder.Processes;

namespace Overseer.Supervision;

/// <summary>
/// Signals to runs: to their group and to their tree, on the thread pool. What fails is logged: one task's trouble is not the server's. Thread-safe.
/// </summary>
/// <param name="find">The group of a run, if it has one.</param>
/// <param name="recorderPid">The recorder, which is never signalled; 0 while there is none.</param>
/// <param name="log">The log.</param>
internal sealed class RunSignaller(Func<Guid, RunCgroup?> find, Func<int> recorderPid, ILogger log)
{
    private readonly SharedLooks _looks = new();

    /// <summary>Done when no signal is on its way any more: a SIGKILL to what a stopped task left behind must not be cut off by the end of the server.</summary>
    public Task SentAsync() => _looks.DoneAsync();

    /// <summary>Sends a signal; who cannot be killed is reported.</summary>
    public void Send(Effect.SignalRun signal, Action<EngineCommand> post)
    {
        if (signal.Signal == PosixSignalName.Sigkill)
        {
            Kill(signal, post);
        }
        else
        {
            _looks.Run(look => SendNow(signal, look, post), Failed(signal.TaskId));
        }
    }

    /// <summary>Looks for what a stopped run left behind; reports when there is nothing. If it fails, the grace time ends with a SIGKILL to whatever is there.</summary>
    public void FindLeftovers(Effect.FindLeftovers effect, Action<EngineCommand> post) => _looks.Run(
        look =>
        {
            if (IsGone(effect.RunId, effect.Pid, effect.ProcessStartTime, look))
            {
                post(new EngineCommand.TreeGone(effect.RunId));
            }
        },
        Failed(effect.TaskId));

    /// <summary>
    /// Ends a run that nobody knows, if its process lives: one that is over is reported too, as long as its recorder is not told that it is stored, and what it left behind is none of this.
    /// </summary>
    public void EndStray(Effect.EndStray stray) => _looks.RunAlone(
        () =>
        {
            if (ProcessTree.IsAlive(stray.Pid, stray.ProcessStartTime))
            {
                SupervisionLog.UnknownRun(log, stray.RunId.Value, stray.Pid);
                RunSignal.Send(find(stray.RunId.Value), stray.Pid, stray.ProcessStartTime, PosixSignalName.Sigkill, stray.RunId.Value, recorderPid());
            }
        },
        Failed($"of the unknown run {stray.RunId}"));

    // A run with a group is struck, and looked at once more, together with others; what is still there then, and a run without a group, gets looks of its own.
    private void Kill(Effect.SignalRun kill, Action<EngineCommand> post)
    {
        var failed = Failed(kill.TaskId);
        if (find(kill.RunId.Value) is { } group)
        {
            _looks.Run(Strike, failed);
        }
        else
        {
            Thoroughly();
        }

        void Thoroughly() => _looks.RunAlone(() => SendNow(kill, look: null, post), failed);

        void Strike(ProcessSnapshot? look)
        {
            if (look is null)
            {
                Thoroughly();
                return;
            }

            RunSignal.Strike(group, kill.Pid, kill.ProcessStartTime, kill.RunId.Value, recorderPid(), look);
            _looks.RunAlone(Wait, failed);
        }

        void Wait()
        {
            group.WaitUntilEmpty(ProcessTree.DefaultPatience);
            _looks.Run(Confirm, failed);
        }

        void Confirm(ProcessSnapshot? look)
        {
            if (look is null || !IsGone(kill.RunId, kill.Pid, kill.ProcessStartTime, look))
            {
                Thoroughly();
            }
        }
    }

    private void SendNow(Effect.SignalRun signal, ProcessSnapshot? look, Action<EngineCommand> post)
    {
        var run = signal.RunId.Value;
        var report = RunSignal.Send(find(run), signal.Pid, signal.ProcessStartTime, signal.Signal, run, recorderPid(), patience: null, look);
        if (signal.Signal == PosixSignalName.Sigkill && report.Remaining.Count > 0)
        {
            SupervisionLog.LeftBehind(log, signal.TaskId, string.Join(", ", report.Remaining));
            post(new EngineCommand.KillIncomplete(signal.TaskId, signal.RunId, report.Remaining));
        }
    }

    private bool IsGone(RunId run, int pid, long processStartTime, ProcessSnapshot? look) =>
        RunSignal.IsGone(find(run.Value), pid, processStartTime, run.Value, recorderPid(), look);

    private Action<Exception> Failed(string taskId) => e => SupervisionLog.SignalFailed(log, taskId, e);
}
