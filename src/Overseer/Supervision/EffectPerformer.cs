using Microsoft.Extensions.Logging;
using Overseer.Core.Drivers;
using Overseer.Core.Tasks;
using Overseer.Protocols.V2;
using Overseer.Recorder.Journal;
using Overseer.Recorder.Processes;
using Overseer.Recorder.Spawning;
using Overseer.Recorder.Wire;
using Overseer.Streams;

namespace Overseer.Supervision;

/// <summary>Does what the engine decided. Runs on the engine's loop, one effect at a time; whatever may take long is handed to the thread pool.</summary>
internal sealed class EffectPerformer(
    StreamRegistry streams,
    RequesterDirectory requesters,
    JournalOptions journalOptions,
    TimeProvider clock,
    ILogger<EffectPerformer> log)
{
    /// <summary>The recorder; set once it is connected, before the first effect.</summary>
    public RecorderKeeper Recorder { get => field ?? throw new InvalidOperationException("there is no recorder yet"); set; }

    /// <summary>Performs one effect; what comes of it later is posted.</summary>
    public void Perform(Effect effect, Action<EngineCommand> post)
    {
        switch (effect)
        {
            case Effect.AttachStarter attach:
                requesters.Find(attach.Origin.Connection)?.AttachStarter(attach.Origin.RequestId, attach.TaskId);
                break;
            case Effect.LaunchRun launch:
                Launch(launch, post);
                break;
            case Effect.RecoverRun recover:
                Recorder.Recover(recover);
                break;
            case Effect.RecoveryComplete:
                Recorder.RecoveryComplete();
                break;
            case Effect.RunReported reported:
                Recorder.Reported(reported.RunId.Value, reported.Over);
                break;
            case Effect.EndStray stray:
                ThreadPool.UnsafeQueueUserWorkItem(_ => EndStray(stray), null);
                break;
            case Effect.SignalRun signal:
                ThreadPool.UnsafeQueueUserWorkItem(_ => Signal(signal), null);
                break;
            case Effect.FindLeftovers find:
                ThreadPool.UnsafeQueueUserWorkItem(_ => FindLeftovers(find, post), null);
                break;
            case Effect.Reply reply:
                requesters.Find(reply.Origin.Connection)?.Answer(reply.Origin.RequestId, reply.Answer);
                break;
            case Effect.Publish publish:
                Publish(publish.Event);
                break;
            case Effect.StatusChanged { Status: { Phase: TaskPhase.Starting } starting }:
                foreach (var requester in requesters.All)
                {
                    requester.TaskStarting(starting);
                }

                break;
            case Effect.TaskForgotten forgotten:
                Forget(forgotten);
                break;
        }
    }

    private void Launch(Effect.LaunchRun launch, Action<EngineCommand> post)
    {
        var stream = streams.Bind(launch.TaskId, launch.JournalId);
        stream.Expect(launch.RunId.Value);
        if (launch.Plan is not ProcessPlan plan)
        {
            post(new EngineCommand.RunFailedToStart(launch.RunId, $"plans of type {launch.Plan.GetType().Name} cannot be executed", clock.GetUtcNow()));
            return;
        }

        Recorder.Spawn(launch.JournalId, new SpawnRequest
        {
            RunId = launch.RunId.Value,
            JournalId = launch.JournalId,
            Run = launch.Run,
            File = plan.File,
            Arguments = plan.Arguments,
            WorkingDirectory = plan.WorkingDirectory,
            Environment = plan.Environment,
            StdinPipe = plan.StdinPipe,
            Journal = journalOptions,
            User = null,
        });
    }

    // A run that is over is reported too, as long as its recorder is not told that it is stored: what it left behind is none of this.
    private void EndStray(Effect.EndStray stray)
    {
        if (ProcessTree.IsAlive(stray.Pid, stray.ProcessStartTime))
        {
            SupervisionLog.UnknownRun(log, stray.RunId.Value, stray.Pid);
            ProcessTree.Signal(stray.Pid, stray.ProcessStartTime, PosixSignalName.Sigkill, stray.RunId.Value, Recorder.RecorderPid);
        }
    }

    private void Signal(Effect.SignalRun effect)
    {
        try
        {
            var report = ProcessTree.Signal(effect.Pid, effect.ProcessStartTime, effect.Signal, effect.RunId.Value, Recorder.RecorderPid);
            if (effect.Signal == PosixSignalName.Sigkill && report.Remaining.Count > 0)
            {
                SupervisionLog.LeftBehind(log, effect.TaskId, string.Join(", ", report.Remaining));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SupervisionLog.SignalFailed(log, effect.TaskId, e);
        }
    }

    private void FindLeftovers(Effect.FindLeftovers effect, Action<EngineCommand> post)
    {
        try
        {
            if (ProcessTree.Find(effect.Pid, effect.ProcessStartTime, effect.RunId.Value, Recorder.RecorderPid).Count == 0)
            {
                post(new EngineCommand.TreeGone(effect.RunId));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then the grace time ends with a SIGKILL to whatever is there.
            SupervisionLog.SignalFailed(log, effect.TaskId, e);
        }
    }

    private void Publish(TaskEvent happened)
    {
        switch (happened)
        {
            case TaskStarted started:
                SupervisionLog.Started(log, started.TaskId, started.RunId.Value, started.Pid);
                var onStart = started.Automatic ? TaskMessages.ToMessage(started) : null;
                streams.Find(started.TaskId)?.ConfirmStart(started.RunId.Value, onStart);
                break;
            case TaskExited exited:
                SupervisionLog.Exited(log, exited.TaskId, exited.Pid, exited.ExitCode, exited.Signal, exited.Intentional);
                streams.Find(exited.TaskId)?.ConfirmExit(exited.RunId.Value, exited.Intentional, []);
                break;
            case TaskQueued or TaskDequeued:
                foreach (var requester in requesters.All)
                {
                    requester.Broadcast(happened);
                }

                break;
        }
    }

    private void Forget(Effect.TaskForgotten forgotten)
    {
        streams.Forget(forgotten.TaskId);
        foreach (var requester in requesters.All)
        {
            requester.TaskForgotten(forgotten.TaskId);
        }

        Recorder.CloseJournal(forgotten.JournalId);
        var directory = streams.DirectoryOf(forgotten.JournalId);
        ThreadPool.UnsafeQueueUserWorkItem(_ => Delete(directory), null);
    }

    private void Delete(string directory)
    {
        try
        {
            if (Directory.Exists(directory))
            {
                Directory.Delete(directory, recursive: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SupervisionLog.JournalKept(log, directory, e);
        }
    }
}
