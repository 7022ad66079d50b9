using Overseer.Core.Drivers;
using Overseer.Core.Tasks.Storage;

namespace Overseer.Core.Tasks;

/// <summary>Makes tasks again from what was stored of them. What an action says (tags, secrets, retries) is taken from the action as it is now.</summary>
internal sealed class TaskRestorer(ActionCatalog actions, EngineOptions options, TimeProvider clock, ChangeLog changes)
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
        var action = actions.Find(task.Action);
        var mask = action is null ? SecretMask.ForUnknownAction(task.Params) : SecretMask.For(action.Action.Parameters, task.Params);
        var latest = runs.LastOrDefault();
        var live = latest is { Phase: not TaskPhase.Ended } ? latest : null;
        var before = live is null ? latest : runs.Length > 1 ? runs[^2] : null;
        var ended = AfterEnd(Describe(task, action, mask), before);
        var status = live is null ? ended : During(ended, live);

        var machine = new TaskMachine(clock, changes, options.BootId);
        var leftover = before is { GraceEndsAt: not null } && before.BootId == options.BootId ? before : null;
        machine.Restore(status, live is null ? null : new LiveRun(live, mask, before is null ? null : ended), leftover, effects);
        var key = live is null || action is null ? null : DedupeKey.Of(action, task.Params);
        var bytes = TaskSize.Of(status, key);
        return new TaskEntry(task.TaskId, machine)
        {
            Number = task.Number,
            Record = task,
            Labels = new Labels(task.Name, task.Tags, task.Groups),
            Bytes = bytes,
            DedupeKey = key,
            Pending = live?.Phase == TaskPhase.Starting ? new PendingStart(before is null, new Labels(task.Name, task.Tags, task.Groups), bytes, task) : null,
        };
    }

    /// <summary>What does not depend on runs.</summary>
    private TaskStatus Describe(TaskRecord task, ActionEntry? action, SecretMask mask) => new()
    {
        TaskId = task.TaskId,
        Number = task.Number,
        JournalId = task.JournalId,
        Action = task.Action,
        Params = mask.Parameters(task.Params),
        State = task.State == TaskState.Errored ? TaskState.Errored : TaskState.Stopped,
        Phase = TaskPhase.Ended,
        RestartCount = task.RestartCount,
        CreatedAt = task.CreatedAt,
        ErrorMessage = task.ErrorMessage,
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
            WorkerState = run.Pid == 0 ? null : WorkerState.Exited,
            CurrentPid = run.Pid == 0 ? null : run.Pid,
            LastStartedAt = run.StartedAt,
            LastExitedAt = run.ExitedAt,
            LastExitCode = run.Signal > 0 ? -1 : run.ExitCode,
            LastSignal = run.Signal > 0 ? PosixSignalName.Of(run.Signal) : null,
            Run = run.Ordinal,
        };

    private static TaskStatus During(TaskStatus before, RunRecord run) => before with
    {
        State = TaskState.Active,
        Phase = run.Phase,
        WorkerState = run.Pid == 0 ? null : WorkerState.Running,
        CurrentPid = run.Pid == 0 ? null : run.Pid,
        LastStartedAt = run.StartedAt ?? before.LastStartedAt,
        LastExitedAt = null,
        LastExitCode = null,
        LastSignal = null,
        CurrentRun = run.RunId,
        Run = run.Ordinal,
    };
}
