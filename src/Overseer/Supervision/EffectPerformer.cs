using Microsoft.Extensions.Logging;
using Overseer.Configuration;
using Overseer.Core.Drivers;
using Overseer.Core.Tasks;
using Overseer.EventLog;
using Overseer.Hosted;
using Overseer.Lifecycle;
using Overseer.Protocols.V2;
using Overseer.Recorder.Journal;
using Overseer.Recorder.Spawning;
using Overseer.Recorder.Wire;
using Overseer.Registry;
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
    private bool _idleLimitSaid;

    /// <summary>The recorder; set once it is connected, before the first effect.</summary>
    public RecorderKeeper Recorder { get => field ?? throw new InvalidOperationException("there is no recorder yet"); set; }

    /// <summary>The runs that the server carries out itself; set before the first effect.</summary>
    public HostedRuns Hosted { get => field ?? throw new InvalidOperationException("nobody carries out runs yet"); set; }

    /// <summary>The registry; set before the first effect.</summary>
    public RegistryHost Registry { get => field ?? throw new InvalidOperationException("nobody watches adopted processes yet"); set; }

    /// <summary>The groups of runs; none until they are set, before the first effect.</summary>
    public RunGroupKeeper Groups { get; set; } = new(null, clock, log);

    /// <summary>Told when the engine has taken up another configuration, with the tasks to which it matters which filter their action has now. Must not wait.</summary>
    public Action<Effect.Reconfigured, IReadOnlySet<string>>? Reconfigured { get; set; }

    /// <summary>The event log; unset when there is none. Set before the first effect.</summary>
    public TaskEventLog? EventLog { get; set; }

    /// <summary>Who tells what happens to all tasks; set before the first effect.</summary>
    public LifecycleFeed? Lifecycle { get; set; }

    /// <summary>Done when no signal is on its way any more: a SIGKILL to what a stopped task left behind must not be cut off by the end of the server.</summary>
    public Task SignalsSentAsync() => Task.WhenAll(Signals.SentAsync(), Registry.Processes.Signals.SentAsync());

    private RunSignaller Signals => field ??= new RunSignaller(run => Groups.Find(run), () => Recorder.RecorderPid, log);

    /// <summary>Performs one effect; what comes of it later is posted.</summary>
    public void Perform(Effect effect, Action<EngineCommand> post)
    {
        Lifecycle?.Take(effect);
        Registry.Take(effect);
        switch (effect)
        {
            case Effect.AttachStarter attach:
                requesters.Find(attach.Origin.Connection)?.AttachStarter(attach.Origin.RequestId, attach.TaskId);
                break;
            case Effect.LaunchRun launch:
                Launch(launch, post);
                break;
            case Effect.RecoverRun { Run.Host: not null } hosted:
                Hosted.Recover(hosted);
                break;
            case Effect.RecoverRun recover:
                Recorder.Recover(recover);
                break;
            case Effect.RecoveryComplete:
                Recorder.RecoveryComplete();
                Hosted.RecoveryComplete();
                break;
            case Effect.RunReported reported:
                if (!Hosted.Reported(reported.RunId, reported.Over))
                {
                    Recorder.Reported(reported.RunId.Value, reported.Over);
                    if (reported.Over)
                    {
                        Groups.Ended(reported.RunId.Value);
                    }
                }

                if (reported.NeverRanOf is { } task)
                {
                    streams.Find(task)?.Unexpect(reported.RunId.Value);
                }

                break;
            case Effect.EndStray stray:
                if (!Hosted.TrySignal(stray.RunId, PosixSignalName.Sigkill))
                {
                    Signals.EndStray(stray);
                }

                break;
            case Effect.SignalRun { Host: not null } hosted:
                Hosted.Signal(hosted);
                break;
            case Effect.SignalRun signal:
                Signals.Send(signal, post);
                break;
            case Effect.FindLeftovers find:
                Signals.FindLeftovers(find, post);
                break;
            case Effect.Reply reply:
                requesters.Find(reply.Origin.Connection)?.Answer(reply.Origin.RequestId, reply.Answer, reply.Late);
                break;
            case Effect.Publish publish:
                Publish(publish.Event, publish.Then);
                break;
            case Effect.PoolChanged pool:
                foreach (var requester in requesters.All)
                {
                    requester.PoolChanged(pool.Status);
                }

                break;
            case Effect.StatusChanged { Status: { Phase: TaskPhase.Starting } starting }:
                TellLabels(starting);
                break;
            case Effect.LabelsChanged labels:
                TellLabels(labels.Status);
                break;
            case Effect.Reconfigured reconfigured:
                var refiltered = reconfigured.Outcome is null ? new HashSet<string>() : streams.ReplaceFilters(reconfigured.Actions);
                Reconfigured?.Invoke(reconfigured, refiltered);
                break;
            case Effect.StatusChanged changed:
                foreach (var requester in requesters.Limited)
                {
                    requester.TaskChanged(changed.Status);
                }

                break;
            case Effect.TaskForgotten forgotten:
                Forget(forgotten);
                break;
            case Effect.WatchProcess watch:
                Registry.Processes.Watch(watch);
                break;
            case Effect.SignalProcess signal:
                Registry.Processes.Signals.Send(signal);
                break;
            case Effect.AdoptedForgotten forgotten:
                Registry.Processes.Forget(forgotten.Number);
                foreach (var requester in requesters.All)
                {
                    requester.TaskForgotten(forgotten.TaskId);
                }

                break;
        }
    }

    private void TellLabels(TaskStatus task)
    {
        foreach (var requester in requesters.All)
        {
            requester.TaskStarting(task);
        }
    }

    private void Launch(Effect.LaunchRun launch, Action<EngineCommand> post)
    {
        var stream = streams.Bind(launch.TaskId, launch.JournalId);
        stream.Expect(launch.RunId.Value);
        if (launch.Plan is HostedPlan hosted)
        {
            Hosted.Launch(launch, hosted);
            return;
        }

        if (launch.Plan is not ProcessPlan plan)
        {
            post(new EngineCommand.RunFailedToStart(launch.RunId, $"plans of type {launch.Plan.GetType().Name} cannot be executed", clock.GetUtcNow()));
            return;
        }

        var limits = LimitsOf(plan);
        var group = Groups.Create(launch.RunId.Value, ref limits);
        SayIdleLimit(plan, limits);
        var request = new SpawnRequest
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
            User = plan.User is { } user ? new SpawnUser(user.UserId, user.GroupId) : null,
            Limits = limits,
            Cgroup = group,
        };
        Recorder.Spawn(launch.JournalId, request, launch.CanWait);
    }

    private static SpawnLimits? LimitsOf(ProcessPlan plan) => plan.Limits is { } limits
        ? new SpawnLimits { Processes = limits.Processes, MemoryBytes = limits.MemoryBytes, OpenFiles = limits.OpenFiles }
        : null;

    private void SayIdleLimit(ProcessPlan plan, SpawnLimits? left)
    {
        if (_idleLimitSaid || left?.Processes is null || (plan.User?.UserId ?? CurrentUser.Id) != 0)
        {
            return;
        }

        _idleLimitSaid = true;
        SupervisionLog.ProcessLimitIdle(log);
    }

    private void Publish(TaskEvent happened, TaskEvent? then)
    {
        switch (happened)
        {
            case TaskStarted started:
                SupervisionLog.Started(log, started.TaskId, started.RunId.Value, started.Pid);
                var onStart = started.Automatic ? TaskMessages.ToMessage(started) : null;
                streams.Find(started.TaskId)?.ConfirmStart(started.RunId.Value, onStart);
                if (started.Origin is not null)
                {
                    // Whoever asked has the answer; the others who listen hear of it like of any start that nobody waits for.
                    Tell(started);
                }

                break;
            case TaskExited exited:
                SupervisionLog.Exited(log, exited.TaskId, exited.Pid, exited.ExitCode, exited.Signal, exited.Intentional);
                streams.Find(exited.TaskId)?.ConfirmExit(exited.RunId.Value, exited.Intentional, then is null ? [] : [TaskMessages.ToMessage(then)]);
                break;
            case TaskAdopted or AdoptedExited:
                // No journal has it, so no stream does.
                Tell(happened);
                break;
            case TaskRestarting or TaskErrored:
                // Of a restart that could not be executed: no exit in the journal has it behind it.
                Tell(happened);
                break;
            case TaskQueued or TaskDequeued:
                foreach (var requester in requesters.All)
                {
                    requester.Broadcast(happened, Lifecycle?.SubjectOf(happened));
                }

                break;
        }
    }

    private void Tell(TaskEvent happened)
    {
        foreach (var requester in requesters.All)
        {
            requester.Tell(happened);
        }
    }

    private void Forget(Effect.TaskForgotten forgotten)
    {
        var rest = EventLog is null ? null : streams.Find(forgotten.TaskId)?.Remains();
        streams.Forget(forgotten.TaskId);
        foreach (var requester in requesters.All)
        {
            requester.TaskForgotten(forgotten.TaskId);
        }

        Recorder.CloseJournal(forgotten.JournalId);
        var directory = streams.DirectoryOf(forgotten.JournalId);
        if (rest is not null)
        {
            EventLog!.Forget(rest, () => Delete(directory));
            return;
        }

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
