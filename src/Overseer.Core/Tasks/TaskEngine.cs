using Overseer.Core.Drivers;
using Overseer.Core.Pools;
using Overseer.Core.Registry;
using Overseer.Core.Tasks.Storage;

namespace Overseer.Core.Tasks;

/// <summary>
/// Decides what happens to tasks. Pure: commands in, effects out; no threads, files or sockets. <see cref="Apply"/> is for one thread at a time; the
/// properties and finders may be used from any thread and never stop the engine.
/// </summary>
internal sealed partial class TaskEngine
{
    private readonly RegistryIndex _index = new();
    private readonly TaskTable _table;
    private readonly AdoptedTasks _adopted;
    private readonly LabelDesk _labels;
    private readonly StartDesk _desk;
    private readonly DedupeIndex _byDedupeKey = new();
    private readonly ChangeLog _changes = new();
    private readonly TaskRestorer _restorer;
    private readonly PoolTable<TaskEntry> _pools;
    private readonly TaskPlaces _places;
    private readonly MachineParts _parts;
    private readonly List<RunId> _due = [];
    private int _leftovers;
    private bool _held;
    private bool _ending;
    private volatile bool _idle = true;
    private volatile ActionCatalog _actions;

    /// <summary>Makes an engine that knows no task.</summary>
    /// <param name="actions">What can be started.</param>
    /// <param name="options">Bounds and defaults.</param>
    /// <param name="clock">Time.</param>
    /// <param name="ids">Makes the ids of tasks, journals and runs; each a new one.</param>
    /// <param name="random">Makes numbers from 0 to less than 1, for the jitter of restarts.</param>
    public TaskEngine(ActionCatalog actions, EngineOptions options, TimeProvider clock, Func<Guid> ids, Func<double> random)
    {
        _actions = actions;
        _parts = new MachineParts(clock, _changes, options.BootId, ids, random);
        _table = new TaskTable(_index);
        _pools = new PoolTable<TaskEntry>(options.Pools);
        _places = new TaskPlaces(_pools, clock);
        _desk = new StartDesk(actions, options, clock, ids, _table, _pools, _byDedupeKey);
        _restorer = new TaskRestorer(actions, options, _parts);
        _adopted = new AdoptedTasks(_index, options, _parts, () => ++_desk.LastNumber);
        _labels = new LabelDesk(_index, actions, _changes);
    }

    /// <summary>All known tasks by number, each as it is now. A copy.</summary>
    public IReadOnlyList<TaskStatus> Tasks => [.. _index.All.Select(task => task.Status)];

    /// <summary>All known tasks and the ways to find them.</summary>
    public RegistryIndex Registry => _index;

    /// <summary>When the adopted processes that live were last seen.</summary>
    public DateTimeOffset AdoptedSeenAt => _adopted.SeenAt;

    /// <summary>What can be started now.</summary>
    public ActionCatalog Actions => _actions;

    /// <summary>True when no run is under way and nothing that a stopped run left behind is still to be swept: the server may end.</summary>
    public bool IsIdle => _idle;

    /// <summary>The registry number of the next new task; from any thread.</summary>
    public long NextNumber => _desk.LastNumber + 1;

    /// <summary>How many tasks are known.</summary>
    public int Count => _index.Count;

    /// <summary>How much each action has to do that ever had something to do.</summary>
    public IReadOnlyList<PoolLoad> Loads => _pools.Loads;

    /// <summary>The task with this id.</summary>
    public TaskStatus? Find(string taskId) => _index.Find(taskId)?.Status;

    /// <summary>The task whose latest process has this pid; if none lives, the latest that had it.</summary>
    public TaskStatus? FindByPid(int pid) => _index.FindByPid(pid)?.Status;

    /// <summary>The tasks that pass a filter, by number, over the narrowest index there is for it.</summary>
    public IReadOnlyList<TaskStatus> List(TaskFilter filter) => filter.Apply(_index.Candidates(filter));

    /// <summary>The task whose run under way, or still to be swept, this is.</summary>
    public TaskStatus? FindByRun(RunId run) => _table.FindByRun(run)?.Status;

    /// <summary>
    /// Takes up what an earlier server left, before any command. What happened to the runs meanwhile is asked for when the recorder is ready
    /// (<see cref="EngineCommand.RecorderReady"/>); until then nothing that waits is started.
    /// </summary>
    public void Restore(StoredState state, List<Effect> effects)
    {
        _desk.LastNumber = state.LastNumber;
        var restored = _restorer.Restore(state, effects).ToList();
        var adopted = _adopted.Restore(state, effects).ToDictionary(task => task.Number);

        // In the order of their numbers, all together: so each index grows at its end.
        foreach (var task in restored.Concat<RegisteredTask>(adopted.Values).OrderBy(task => task.Number))
        {
            if (task is TaskEntry entry) _table.Add(entry);
            else _adopted.Enter((AdoptedTask)task);
        }

        foreach (var entry in restored)
        {
            _table.SetName(entry, null, entry.Labels.Name);
            _table.SetPid(entry, entry.Machine.LatestPid);
            _byDedupeKey.Add(entry);
            if (entry.Machine.AnyRun is { } run) _table.AddRun(run, entry);
            if (entry.Machine.LeftoverRun is { } left)
            {
                _table.AddRun(left, entry);
                _leftovers++;
            }

            _places.Restore(entry, effects);
            _table.SetEnded(entry, entry.Machine.Phase == TaskPhase.Ended);
        }

        _held = true;
        _idle = _table.LiveOwn == 0 && _leftovers == 0;
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
            case EngineCommand.ResetTask c: Reset(c, effects); break;
            case EngineCommand.PoolInfo c: PoolInfo(c, effects); break;
            case EngineCommand.SetPool c: SetPool(c, effects); break;
            case EngineCommand.Purge c: Purge(c, effects); break;
            case EngineCommand.QueuedInVain c: QueuedInVain(c, effects); break;
            case EngineCommand.RunStarted c: Started(c, effects); break;
            case EngineCommand.RunNoted c: _table.FindByRun(c.RunId)?.Machine.Note(c.RunId, c.Note, effects); break;
            case EngineCommand.RunNotStarted c: LaunchAgain(c.RunId, effects); break;
            case EngineCommand.RecorderReady c: Recover(c.Known, effects); break;
            case EngineCommand.RunFailedToStart c: Report(c.RunId, new TaskInput.StartFailed(c.RunId, c.Message), effects); break;
            case EngineCommand.RunExited c: Exited(c, effects); break;
            case EngineCommand.TreeGone c: Report(c.RunId, new TaskInput.TreeGone(c.RunId), effects); break;
            case EngineCommand.KillIncomplete c:
                // By the task, as a run that is over is not found by its id.
                if (_table.Find(c.TaskId) is { } killed) Drive(killed, new TaskInput.KillIncomplete(c.RunId, c.Pids), effects);
                break;
            case EngineCommand.TimerElapsed { Key: { Kind: TimerKind.Grace } key }: Report(key.RunId, new TaskInput.GraceEnded(key.RunId), effects); break;
            case EngineCommand.TimerElapsed { Key: { Kind: TimerKind.QueueExpiry } key }: Expire(key.RunId, effects); break;
            case EngineCommand.TimerElapsed { Key: { Kind: TimerKind.Restart } key }: _due.Add(key.RunId); break;
            case EngineCommand.Reconfigure c: Reconfigure(c, effects); break;
            case EngineCommand.StopAll c: StopAll(c.Grace, effects); break;
            default: ApplyToRegistry(command, effects); break;
        }

        LaunchWaiting(effects);
        _idle = _table.LiveOwn == 0 && _leftovers == 0;
    }

    private void Start(EngineCommand.StartTask start, List<Effect> effects)
    {
        var decision = _ending ? StartDecision.Refused("the server is shutting down") : _desk.Decide(start);
        if (decision is not { Order: { } order, Labels: { } labels })
        {
            effects.Add(new Effect.Reply(start.Origin, decision.Refusal!));
            return;
        }

        if (decision.Admission is Admission<TaskEntry>.QueueDisplacing { Displaced.Task: var displaced }) Drive(displaced, new TaskInput.Dequeue(DequeueReason.Displaced), effects);
        var entry = decision.Existing;
        MakeRoom(entry, decision.Bytes, effects);
        var isNew = entry is null;
        if (entry is null)
        {
            entry = new TaskEntry(order.Status.Number, order.Status.TaskId, new TaskMachine(_parts)) { Bytes = decision.Bytes, Record = decision.Record! };
            entry.Pending = new PendingStart(IsNew: true, Labels.None, 0, Record: null);
        }
        else
        {
            entry.Pending = new PendingStart(IsNew: false, entry.Labels, entry.Bytes, entry.Record);
            entry.Record = decision.Record!;
            _table.SetBytes(entry, decision.Bytes);
        }

        entry.Ticket = new PoolTicket<TaskEntry>(entry, entry.TaskId, order.Status.Action);
        TaskInput input = decision.Admission is Admission<TaskEntry>.Admit ? new TaskInput.Launch(order) : new TaskInput.Enqueue(order, _pools.NextPlace, start.Request.Force);
        Drive(entry, input, effects);
        if (isNew) _table.Add(entry);
        else _table.SetEnded(entry, false);
        _table.SetName(entry, entry.Labels.Name, labels.Name);
        entry.Labels = labels;
        entry.DedupeKey = decision.DedupeKey;
        _byDedupeKey.Add(entry);
    }

    private void Reset(EngineCommand.ResetTask reset, List<Effect> effects)
    {
        var entry = _table.Find(reset.TaskId) is { } found && reset.Origin.Sees(found.Status) ? found : null;
        var refusal = "";
        TaskEntry? twin = null;
        if (_ending) refusal = "the server is shutting down";
        else if (reset.TaskId.Length == 0) refusal = "task_id is required";
        else if (entry is null) refusal = "task not found";
        else if (entry.Status.State != TaskState.Errored) refusal = "task is not in errored state";
        else if ((twin = _byDedupeKey.Find(_desk.DedupeKeyOf(entry.Record))) is not null) refusal = StartDesk.TwinRefusal(twin.Status, reset.Origin).Message;
        else if (_desk.PlanNext(entry, new RunId(_parts.Ids()), reset.Origin, LaunchKind.Request, out refusal) is { } order)
        {
            entry.Pending = new PendingStart(IsNew: false, entry.Labels, entry.Bytes, entry.Record);

            // The last ticket may be that of a start from another action that came to nothing.
            entry.Ticket = new PoolTicket<TaskEntry>(entry, entry.TaskId, order.Status.Action);
            Drive(entry, new TaskInput.Launch(order), effects);
            _table.SetEnded(entry, false);
            entry.DedupeKey = _desk.DedupeKeyOf(entry.Record);
            _byDedupeKey.Add(entry);
            return;
        }

        effects.Add(new Effect.Reply(reset.Origin, new EngineReply.Failed(refusal, twin is not null && reset.Origin.Sees(twin.Status) ? twin.TaskId : null)));
    }

    private void QueuedInVain(EngineCommand.QueuedInVain queued, List<Effect> effects)
    {
        var machine = _table.Find(queued.TaskId)?.Machine;
        if (machine?.Next?.Origin == queued.Origin) Drive(_table.Find(queued.TaskId)!, new TaskInput.Unplannable(queued.Message), effects);
        else if (machine?.StarterOrigin != queued.Origin) effects.Add(new Effect.Reply(queued.Origin, new EngineReply.Failed(queued.Message)));
    }

    private void Expire(RunId run, List<Effect> effects)
    {
        // A timer that had elapsed already is not to be believed.
        if (WaitsFor(run, TaskPhase.Queued) is { } entry && _places.HasExpired(entry, effects)) Drive(entry, new TaskInput.Dequeue(DequeueReason.Expired), effects);
    }

    /// <summary>The task that waits for this run. A timer that comes late finds the run begun, or even over and the task waiting for another.</summary>
    private TaskEntry? WaitsFor(RunId run, TaskPhase phase) =>
        _table.FindByRun(run) is { } entry && entry.Machine.Phase == phase && entry.Machine.Next?.RunId == run ? entry : null;

    /// <summary>Launches what is due and what there is room for. Whatever a command has changed, nothing that could run waits when it is over.</summary>
    private void LaunchWaiting(List<Effect> effects)
    {
        if (_held || _ending) return;
        foreach (var run in _due)
        {
            if (WaitsFor(run, TaskPhase.Waiting) is { } entry) LaunchNext(entry, LaunchKind.Restart, effects);
        }

        _due.Clear();
        while (_pools.Next is { Task: var next }) LaunchNext(next, LaunchKind.Admission, effects);
    }

    private void LaunchNext(TaskEntry entry, LaunchKind kind, List<Effect> effects)
    {
        var next = entry.Machine.Next!;
        TaskInput input = _desk.PlanNext(entry, next.RunId, next.Origin, kind, out var refusal) is { } order ? new TaskInput.Launch(order)
            : _desk.IsActionGone(entry.Record, out var gone) ? new TaskInput.ActionGone(gone)
            : new TaskInput.Unplannable(refusal);
        Drive(entry, input, effects);
    }

    /// <summary>Forgets the oldest ended tasks until one more fits; that it can fit was decided before.</summary>
    private void MakeRoom(TaskEntry? existing, long bytes, List<Effect> effects)
    {
        while (!_desk.Fits(existing, bytes) && _table.OldestEnded(existing) is { } oldest) Forget(oldest, effects);
    }

    /// <summary>Forgets a task that has ended, and its journal.</summary>
    private void Forget(TaskEntry entry, List<Effect> effects)
    {
        var leftover = entry.Machine.LeftoverRun;
        entry.Machine.SweepNow(effects);
        if (leftover is { } run) ForgetLeftover(run);
        _table.Remove(entry);
        _changes.Forget(entry.Number);
        effects.Add(new Effect.TaskForgotten(entry.TaskId, entry.Status.JournalId));
    }

    private void Stop(EngineCommand.StopTask stop, List<Effect> effects)
    {
        var task = stop switch
        {
            { TaskId: { } id } => _index.Find(id),
            { Pid: { } pid } => _index.FindByPid(pid),
            _ => null,
        };
        if (task is not null && !stop.Origin.Sees(task.Status)) task = null;
        var refusal = stop switch
        {
            { TaskId: null or "", Pid: null } => "task_id is required",
            { Grace: { } grace } when grace < TimeSpan.Zero => "grace must not be negative",
            { Grace: { } grace } when grace > StopPolicy.MaxGrace => $"grace: at most {StopPolicy.MaxGrace.TotalHours}h is allowed",
            _ => task is null ? "task not found" : null,
        };
        if (refusal is not null) effects.Add(new Effect.Reply(stop.Origin, new EngineReply.Failed(refusal)));
        else if (task is AdoptedTask adopted) _adopted.Stop(adopted, stop, effects);
        else Drive((TaskEntry)task!, new TaskInput.Stop(stop.Origin, stop.Grace), effects);
    }

    private void StopAll(TimeSpan? grace, List<Effect> effects)
    {
        _ending = true;
        if (grace < TimeSpan.Zero) grace = TimeSpan.Zero;
        if (grace > StopPolicy.MaxGrace) grace = StopPolicy.MaxGrace;
        foreach (var entry in _table.All.Where(entry => !entry.Status.IsForeign).ToList()) Drive(entry, new TaskInput.Stop(null, grace, GraceIsBound: true, DequeueReason.Shutdown), effects);
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

            // It was stopped in order to wait, and its action has gone meanwhile.
            if (entry.Machine.Phase == TaskPhase.Queued && _desk.IsActionGone(entry.Record, out var gone)) Drive(entry, new TaskInput.ActionGone(gone), effects);
        }
        else
        {
            effects.Add(new Effect.RunReported(exited.RunId, Over: true));
        }
    }

    private void Recover(IReadOnlySet<RunId> known, List<Effect> effects)
    {
        foreach (var entry in _table.All)
        {
            if (entry.Machine.Record is { } run && !known.Contains(run.RunId)) effects.Add(new Effect.RecoverRun(entry.TaskId, entry.Status.JournalId, run));
        }

        effects.Add(new Effect.RecoveryComplete());
        _held = false;
        if (!_ending) LetOrphansGo(effects);
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

    /// <summary>Applies an input to one task and keeps everything that is known of it elsewhere in step with what became of it.</summary>
    private void Drive(TaskEntry entry, TaskInput input, List<Effect> effects)
    {
        var machine = entry.Machine;
        var (phaseBefore, runBefore, leftoverBefore) = (machine.Phase, machine.AnyRun, machine.LeftoverRun);
        machine.Apply(input, effects);
        KeepRunsInStep(entry, runBefore, leftoverBefore);
        _index.Relabel(entry);
        if (!ReferenceEquals(machine.Standing, entry.Record.Standing)) entry.Record = entry.Record with { Standing = machine.Standing };
        if (!ReferenceEquals(entry.Record, entry.Stored)) _changes.Put(entry.Stored = entry.Record);
        if (machine.Phase != phaseBefore) _places.Change(entry, phaseBefore, effects);
        if (machine.Phase == TaskPhase.Ended && phaseBefore != TaskPhase.Ended)
        {
            _byDedupeKey.Remove(entry);
            entry.DedupeKey = null;
            EndOf(entry);
        }
        else if (machine.Record is { HasStarted: true, Pid: var pid })
        {
            entry.Pending = null;
            if (pid != 0) _table.SetPid(entry, pid);
        }
    }

    private void KeepRunsInStep(TaskEntry entry, RunId? before, RunId? leftoverBefore)
    {
        var (run, leftover) = (entry.Machine.AnyRun, entry.Machine.LeftoverRun);
        if (leftoverBefore is { } swept && leftover != swept) ForgetLeftover(swept);
        if (leftover is not null && leftover != leftoverBefore) _leftovers++;
        if (before == run) return;
        if (before is { } over && leftover != over) _table.RemoveRun(over);
        if (run is { } next) _table.AddRun(next, entry);
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
            entry.Record = failed.Record! with { Standing = entry.Machine.Standing };
            _changes.Put(entry.Stored = entry.Record);
        }

        _table.SetEnded(entry, true);
    }

    private void ForgetLeftover(RunId run)
    {
        _leftovers--;
        _table.RemoveRun(run);
    }
}
