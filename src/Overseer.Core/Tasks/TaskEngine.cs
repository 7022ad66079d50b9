using System.Diagnostics;
using Overseer.Core.Drivers;
using Overseer.Core.Tasks.Storage;

namespace Overseer.Core.Tasks;

/// <summary>
/// Decides what happens to tasks. Pure: commands in, effects out; no threads, files or sockets. <see cref="Apply"/> is for one thread at a time; the
/// properties and finders may be used from any thread and never stop the engine.
/// </summary>
internal sealed class TaskEngine
{
    private readonly TaskTable _table = new();
    private readonly StartDesk _desk;
    private readonly Dictionary<string, TaskEntry> _byDedupeKey = new(StringComparer.Ordinal);
    private readonly ChangeLog _changes = new();
    private readonly TaskRestorer _restorer;
    private readonly TimeProvider _clock;
    private readonly Guid _bootId;
    private int _leftovers;
    private bool _ending;
    private volatile bool _idle = true;

    /// <summary>Makes an engine that knows no task.</summary>
    /// <param name="actions">What can be started.</param>
    /// <param name="options">Bounds and defaults.</param>
    /// <param name="clock">Time.</param>
    /// <param name="ids">Makes the ids of tasks, journals and runs; each a new one.</param>
    public TaskEngine(ActionCatalog actions, EngineOptions options, TimeProvider clock, Func<Guid> ids)
    {
        _clock = clock;
        _bootId = options.BootId;
        _desk = new StartDesk(actions, options, clock, ids, _table, _byDedupeKey);
        _restorer = new TaskRestorer(actions, options, clock, _changes);
    }

    /// <summary>All known tasks by number, each as it is now. A copy.</summary>
    public IReadOnlyList<TaskStatus> Tasks => _table.Snapshot();

    /// <summary>True when no run is under way and nothing that a stopped run left behind is still to be swept: the server may end.</summary>
    public bool IsIdle => _idle;

    /// <summary>The task with this id.</summary>
    public TaskStatus? Find(string taskId) => _table.Find(taskId)?.Status;

    /// <summary>The task whose latest process has, or had, this pid.</summary>
    public TaskStatus? FindByPid(int pid) => _table.FindByPid(pid)?.Status;

    /// <summary>The task whose run under way, or still to be swept, this is.</summary>
    public TaskStatus? FindByRun(RunId run) => _table.FindByRun(run)?.Status;

    /// <summary>
    /// Takes up what an earlier server left, before any command. What happened to the runs meanwhile is asked for when the recorder is ready
    /// (<see cref="EngineCommand.RecorderReady"/>).
    /// </summary>
    public void Restore(StoredState state, List<Effect> effects)
    {
        _desk.LastNumber = state.LastNumber;
        foreach (var entry in _restorer.Restore(state, effects))
        {
            _table.Add(entry);
            _table.SetName(entry, null, entry.Labels.Name);
            _table.SetPid(entry, entry.Machine.LatestPid);
            if (entry.DedupeKey is { } key) _byDedupeKey[key] = entry;
            if (entry.Machine.CurrentRun is { } run) _table.AddRun(run, entry);
            if (entry.Machine.LeftoverRun is { } left)
            {
                _table.AddRun(left, entry);
                _leftovers++;
            }

            _table.SetEnded(entry, entry.Machine.CurrentRun is null);
        }

        _idle = _table.Live == 0 && _leftovers == 0;
    }

    /// <summary>What has to be stored of everything that was applied since the last time.</summary>
    public EngineChanges TakeChanges() => _changes.Take(_desk.LastNumber);

    /// <summary>They could not be stored: the next time they come again. To be called before anything else is applied.</summary>
    public void PutBack(EngineChanges changes) => _changes.PutBack(changes);

    /// <summary>Applies one command and appends what has to be done to <paramref name="effects"/>, in order. Never throws for what a command holds.</summary>
    public void Apply(EngineCommand command, List<Effect> effects)
    {
        switch (command)
        {
            case EngineCommand.StartTask c: Start(c, effects); break;
            case EngineCommand.StopTask c: Stop(c, effects); break;
            case EngineCommand.RunStarted c: Started(c, effects); break;
            case EngineCommand.RunNotStarted c: LaunchAgain(c.RunId, effects); break;
            case EngineCommand.RecorderReady c: Recover(c.Known, effects); break;
            case EngineCommand.RunFailedToStart c: Report(c.RunId, new TaskInput.StartFailed(c.RunId, c.Message), effects); break;
            case EngineCommand.RunExited c: Exited(c, effects); break;
            case EngineCommand.TreeGone c: Report(c.RunId, new TaskInput.TreeGone(c.RunId), effects); break;
            case EngineCommand.TimerElapsed { Key: { Kind: TimerKind.Grace } key }: Report(key.RunId, new TaskInput.GraceEnded(key.RunId), effects); break;
            case EngineCommand.StopAll c: StopAll(c.Grace, effects); break;
            default: throw new UnreachableException(command.GetType().Name);
        }

        _idle = _table.Live == 0 && _leftovers == 0;
    }

    private void Start(EngineCommand.StartTask start, List<Effect> effects)
    {
        var decision = _ending ? StartDecision.Refused("the server is shutting down") : _desk.Decide(start);
        if (decision is not { Order: { } order, Labels: { } labels })
        {
            effects.Add(new Effect.Reply(start.Origin, decision.Refusal!));
            return;
        }

        var entry = decision.Existing;
        MakeRoom(entry, decision.Bytes, effects);
        if (entry is null)
        {
            entry = new TaskEntry(order.Status.TaskId, new TaskMachine(_clock, _changes, _bootId)) { Number = order.Status.Number, Bytes = decision.Bytes, Record = decision.Record! };
            entry.Pending = new PendingStart(IsNew: true, Labels.None, 0, Record: null);
            Drive(entry, new TaskInput.Launch(order), effects);
            _table.Add(entry);
        }
        else
        {
            entry.Pending = new PendingStart(IsNew: false, entry.Labels, entry.Bytes, entry.Record);
            entry.Record = decision.Record!;
            _table.SetBytes(entry, decision.Bytes);
            Drive(entry, new TaskInput.Launch(order), effects);
            _table.SetEnded(entry, false);
        }

        _changes.Put(entry.Record);
        _table.SetName(entry, entry.Labels.Name, labels.Name);
        entry.Labels = labels;
        entry.DedupeKey = decision.DedupeKey;
        if (decision.DedupeKey is { } key) _byDedupeKey[key] = entry;
        _table.AddRun(order.RunId, entry);
    }

    /// <summary>Forgets the oldest ended tasks until one more fits; that it can fit was decided before.</summary>
    private void MakeRoom(TaskEntry? existing, long bytes, List<Effect> effects)
    {
        while (!_desk.Fits(existing, bytes) && _table.OldestEnded(existing) is { } oldest)
        {
            var leftover = oldest.Machine.LeftoverRun;
            oldest.Machine.SweepNow(effects);
            if (leftover is { } run) ForgetLeftover(run);
            _table.Remove(oldest);
            _changes.Forget(oldest.Number);
            effects.Add(new Effect.TaskForgotten(oldest.TaskId, oldest.Status.JournalId));
        }
    }

    private void Stop(EngineCommand.StopTask stop, List<Effect> effects)
    {
        var entry = stop switch
        {
            { TaskId: { } id } => _table.Find(id),
            { Pid: { } pid } => _table.FindByPid(pid),
            _ => null,
        };
        var refusal = stop switch
        {
            { TaskId: null or "", Pid: null } => "task_id is required",
            { Grace: { } grace } when grace < TimeSpan.Zero => "grace must not be negative",
            { Grace: { } grace } when grace > StopPolicy.MaxGrace => $"grace: at most {StopPolicy.MaxGrace.TotalHours}h is allowed",
            _ => entry is null ? "task not found" : null,
        };
        if (refusal is not null) effects.Add(new Effect.Reply(stop.Origin, new EngineReply.Failed(refusal)));
        else Drive(entry!, new TaskInput.Stop(stop.Origin, stop.Grace), effects);
    }

    private void StopAll(TimeSpan? grace, List<Effect> effects)
    {
        _ending = true;
        if (grace < TimeSpan.Zero) grace = TimeSpan.Zero;
        if (grace > StopPolicy.MaxGrace) grace = StopPolicy.MaxGrace;
        foreach (var entry in _table.All.OrderBy(e => e.Number)) Drive(entry, new TaskInput.Stop(null, grace, GraceIsBound: true), effects);
    }

    private void Started(EngineCommand.RunStarted started, List<Effect> effects)
    {
        if (_table.FindByRun(started.RunId) is { } entry)
        {
            var input = new TaskInput.Started(started.RunId, started.Pid, started.ProcessStartTime, started.At, started.StdoutPipe, started.StderrPipe);
            Drive(entry, input, effects);
        }
        else
        {
            effects.Add(new Effect.EndStray(started.RunId, started.Pid, started.ProcessStartTime));
        }
    }

    private void Exited(EngineCommand.RunExited exited, List<Effect> effects)
    {
        // A second report, or one about a run nobody knows: whoever keeps it may forget it.
        if (_table.FindByRun(exited.RunId) is { } entry && entry.Machine.CurrentRun == exited.RunId)
        {
            Drive(entry, new TaskInput.Exited(exited.RunId, exited.ExitCode, exited.Signal, exited.At), effects);
        }
        else
        {
            effects.Add(new Effect.RunReported(exited.RunId, Over: true));
        }
    }

    private void Recover(IReadOnlySet<RunId> known, List<Effect> effects)
    {
        foreach (var entry in _table.All.OrderBy(e => e.Number))
        {
            if (entry.Machine.Record is { } run && !known.Contains(run.RunId)) effects.Add(new Effect.RecoverRun(entry.TaskId, entry.Status.JournalId, run));
        }

        effects.Add(new Effect.RecoveryComplete());
    }

    private void LaunchAgain(RunId run, List<Effect> effects)
    {
        if (_table.FindByRun(run) is not { Machine: { Phase: TaskPhase.Starting, Record: { } record } machine } entry) return;
        var refusal = "";
        if ((machine.Plan ?? _desk.PlanAgain(entry.Record, record, machine.Mask, out refusal)) is { } plan) Drive(entry, new TaskInput.NotStarted(run, plan), effects);
        else Drive(entry, new TaskInput.StartFailed(run, refusal), effects);
    }

    private void Report(RunId run, TaskInput input, List<Effect> effects)
    {
        // Reports about runs nobody knows, such as a second report of an exit, have no meaning here.
        if (_table.FindByRun(run) is { } entry) Drive(entry, input, effects);
    }

    /// <summary>Applies an input to one task and keeps the indexes in step with what became of it.</summary>
    private void Drive(TaskEntry entry, TaskInput input, List<Effect> effects)
    {
        var (runBefore, leftoverBefore) = (entry.Machine.CurrentRun, entry.Machine.LeftoverRun);
        entry.Machine.Apply(input, effects);
        var (run, leftover) = (entry.Machine.CurrentRun, entry.Machine.LeftoverRun);

        if (leftoverBefore is { } swept && leftover != swept) ForgetLeftover(swept);
        if (leftover is not null && leftover != leftoverBefore) _leftovers++;
        if (runBefore is { } over && run is null)
        {
            if (leftover != over) _table.RemoveRun(over);
            if (entry.DedupeKey is { } key) _byDedupeKey.Remove(key);
            entry.DedupeKey = null;
            EndOf(entry);
        }
        else if (entry.Pending is not null && entry.Status.CurrentPid is { } pid)
        {
            entry.Pending = null;
            _table.SetPid(entry, pid);
        }
    }

    private void EndOf(TaskEntry entry)
    {
        var failed = entry.Pending;
        entry.Pending = null;
        if (failed is { IsNew: true })
        {
            _table.Remove(entry);
            _changes.Forget(entry.Number);
            return;
        }

        if (failed is not null)
        {
            _table.SetName(entry, entry.Labels.Name, failed.Labels.Name);
            entry.Labels = failed.Labels;
            _table.SetBytes(entry, failed.Bytes);
            entry.Record = failed.Record!;
            _changes.Put(entry.Record);
        }

        _table.SetEnded(entry, true);
    }

    private void ForgetLeftover(RunId run)
    {
        _leftovers--;
        _table.RemoveRun(run);
    }
}
