using Overseer.Core.Drivers;
using Overseer.Core.Tasks.Storage;

namespace Overseer.Core.Tasks;

/// <summary>Makes tasks again from what was stored of them. What an action says (tags, secrets, retries) is taken from the action as it is now.</summary>
internal sealed class TaskRestorer(ActionCatalog actions, EngineOptions options, MachineParts parts)
{
    /// <summary>The tasks in the order in which they ended, those that run last.</summary>
    public IEnumerable<TaskEntry> Restore(StoredState state, List<Effect> effects)
    {
        var runs = state.Runs.ToLookup(run => run.Task);
        var restored = new List<(TaskEntry Entry, DateTimeOffset Ended)>(state.Tasks.Count);
        foreach (var task in state.Tasks)
        {
            var entry = Restore(task, [.. runs[task.Number].OrderBy(run => run.Ordinal)], effects);
            restored.Add((entry, entry.Status.LastExitedAt ?? DateTimeOffset.MaxValue));
        }

        return restored.OrderBy(task => task.Ended).ThenBy(task => task.Entry.Number).Select(task => task.Entry);
    }

    private TaskEntry Restore(TaskRecord task, RunRecord[] runs, List<Effect> effects)
    {
        var action = actions.Of(task.Action);
        var mask = action is null ? SecretMask.ForUnknownAction(task.Params) : SecretMask.For(action.Action.Parameters, task.Params);
        var standing = task.Standing;
        var live = runs.LastOrDefault() is { Phase: not TaskPhase.Ended } latest ? latest : null;

        // A restart that could not be executed is a run without a process: it counts, and says nothing of exits.
        var before = runs.LastOrDefault(run => run != live && run.HasStarted);
        var ended = AfterEnd(Describe(task, action, mask), before) with { Run = runs.LastOrDefault(run => run != live)?.Ordinal ?? 0 };
        var isNew = before is null && ended.Run == 0;
        var after = standing with { State = TaskState.Active, QueuedAt = null, Place = 0, Forced = false, Requeue = false, RestartAt = null };
        var next = live is null && (standing.State == TaskState.Queued || standing.RestartAt is not null)
            ? new NextRun(new RunId(parts.Ids()), mask, null, isNew ? null : ended, after)
            : null;
        var shown = (live?.Ordinal ?? ended.Run + 1) > standing.HistoryFrom ? ended : ended.Anew();
        var status = live is not null ? During(shown, live) : next is not null ? Waiting(shown, standing) : ended;

        var machine = new TaskMachine(parts);
        machine.Restore(
            new RestoredTask(
                status,
                standing,
                live is null ? null : new LiveRun(live, KindOf(live, standing), mask, isNew ? null : ended, after),
                next,
                before is { GraceEndsAt: not null, Host: null } && before.BootId == options.BootId ? before : null,
                runs.Where(run => run.Ordinal >= standing.HistoryFrom && run is { Phase: TaskPhase.Ended, Intentional: false, ExitedAt: not null }).Select(run => run.ExitedAt!.Value)),
            effects);
        var key = status.Phase == TaskPhase.Ended || action is null ? null : DedupeKey.Of(action, task.Params);
        var bytes = TaskSize.Of(status, key);
        var labels = new Labels(task.Name, task.Tags, task.Groups);
        var pending = live is { Phase: TaskPhase.Starting } ? KindOf(live, standing) != LaunchKind.Restart : status.Phase == TaskPhase.Queued;
        return new TaskEntry(task.Number, task.TaskId, machine)
        {
            Record = task,
            Stored = task,
            Labels = labels,
            Bytes = bytes,
            DedupeKey = key,
            Pending = pending ? new PendingStart(isNew, labels, bytes, task) : null,
        };
    }

    private static LaunchKind KindOf(RunRecord run, TaskStanding standing) =>
        standing.QueuedAt is not null ? LaunchKind.Admission : run.Ordinal > standing.HistoryFrom ? LaunchKind.Restart : LaunchKind.Request;

    /// <summary>What does not depend on runs.</summary>
    private TaskStatus Describe(TaskRecord task, ActionEntry? action, SecretMask mask) => new()
    {
        TaskId = task.TaskId,
        Number = task.Number,
        JournalId = task.JournalId,
        Action = task.Action,
        Origin = ActionCatalog.OriginOf(task.Action),
        Params = mask.Parameters(task.Params),
        State = task.Standing.State == TaskState.Errored ? TaskState.Errored : TaskState.Stopped,
        Phase = TaskPhase.Ended,
        RestartCount = task.Standing.RestartCount,
        CreatedAt = task.CreatedAt,
        ErrorMessage = task.Standing.ErrorMessage,
        RetryPolicy = StartDesk.PolicyOf(task.Retry, action?.Definition, options),
        Name = task.Name,
        Tags = StartChecks.Join(action?.Definition.Tags ?? [], task.Tags),
        Groups = StartChecks.Join(action?.Definition.Groups ?? [], task.Groups),
        Command = task.Command,
        Args = task.Args,
    };

    private static TaskStatus AfterEnd(TaskStatus status, RunRecord? run) => run is null
        ? status
        : status with
        {
            WorkerState = run.HasStarted ? WorkerState.Exited : null,
            CurrentPid = run.Pid == 0 ? null : run.Pid,
            LastStartedAt = run.StartedAt,
            LastExitedAt = run.ExitedAt,
            LastExitCode = run.Signal > 0 ? -1 : run.ExitCode,
            LastSignal = run.Signal > 0 ? PosixSignalName.Of(run.Signal) : null,
            Note = run.Note,
        };

    private static TaskStatus Waiting(TaskStatus before, TaskStanding standing) => standing.State == TaskState.Queued
        ? before with { State = TaskState.Queued, Phase = TaskPhase.Queued, QueuedAt = standing.QueuedAt }
        : before with { State = TaskState.Active, Phase = TaskPhase.Waiting };

    private static TaskStatus During(TaskStatus before, RunRecord run) => before with
    {
        State = TaskState.Active,
        Phase = run.Phase,
        WorkerState = run.HasStarted ? WorkerState.Running : before.WorkerState,
        CurrentPid = run.Pid == 0 ? before.CurrentPid : run.Pid,
        LastStartedAt = run.StartedAt ?? before.LastStartedAt,
        CurrentRun = run.RunId,
        Run = run.Ordinal,
        Note = run.Note,
    };
}
