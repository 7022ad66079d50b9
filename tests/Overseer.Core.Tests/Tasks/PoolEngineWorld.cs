using Overseer.Core.Drivers;
using Overseer.Core.Pools;
using Overseer.Core.Tasks;
using TaskStatus = Overseer.Core.Tasks.TaskStatus;

namespace Overseer.Core.Tests.Tasks;

/// <summary>
/// The surroundings of an engine with pools: carries out its effects as a server would, keeps lists of who waits and who runs that know nothing but what the
/// engine said, and checks everything against them after every command.
/// </summary>
internal sealed class PoolEngineWorld
{
    public const int TaskCount = 9;

    private static readonly string[] Actions = ["a", "b", "c"];

    private readonly EngineHarness _engine;
    private readonly FakeAction _action;
    private PoolPlan _plan;
    private readonly Dictionary<RunId, string> _launching = [];
    private readonly Dictionary<RunId, PoolProcess> _processes = [];
    private readonly HashSet<RunId> _launched = [];
    private readonly HashSet<RunId> _unknown = [];
    private readonly Dictionary<TimerKey, DateTimeOffset> _timers = [];
    private readonly List<TimerKey> _formerTimers = [];
    private readonly PoolWaits _waits = new();
    private readonly List<(string Task, string Action)> _placesTaken = [];
    private readonly Dictionary<string, PoolRequest> _requests = [];
    private PoolPlan _now;
    private string[] _configured = Actions;
    private bool _broken;
    private bool _held;
    private bool _ending;
    private int _pids;

    public PoolEngineWorld(PoolPlan plan)
    {
        (_plan, _now) = (plan, plan);
        _action = new FakeAction { Planner = _ => _broken ? throw new PlanException("broken") : FakeAction.Process("echo") };
        _engine = new EngineHarness(new EngineOptions { Pools = plan }, [.. Entries]);
    }

    private IEnumerable<ActionEntry> Entries => _configured.Select(name => new ActionEntry(new ActionDefinition { Name = name, Type = "exec" }, _action));

    private DateTimeOffset Time => _engine.Clock.GetUtcNow();

    private List<TaskStatus> Holders => [.. _engine.Engine.Tasks.Where(task => task.Phase is not (TaskPhase.Queued or TaskPhase.Ended))];

    public void Play(IEnumerable<(string What, int Task, int Pick)> history)
    {
        foreach (var (what, task, pick) in history)
        {
            Step(what, $"t{task}", Actions[pick % Actions.Length], pick / Actions.Length);
            _engine.Clock.Advance(TimeSpan.FromMilliseconds(1));
        }
    }

    public void PlayToTheEnd(IEnumerable<(string What, int Task, int Pick)> history)
    {
        Play(history);
        Ready();
        _broken = false;
        Reload(_plan, Actions);
        foreach (var action in Actions) SetPool(action, new PoolChange { Limit = 1 });
        SetPool(null, new PoolChange { Limit = 2 });
        Drain(failures: true);
        Assert.True(Holders.Count <= 2, "nobody is left above a lowered limit");
        Assert.All(Holders.GroupBy(task => task.Action), holders => Assert.Single(holders));

        foreach (var action in Actions) SetPool(action, new PoolChange { Limit = 0 });
        SetPool(null, new PoolChange { Limit = 0 });
        Drain();
        Assert.Empty(_waits.All);
        Assert.All(_requests.Values.Where(request => request is { IsStart: true, Orphaned: false }), request => Assert.Equal(1, request.Answers));
        Assert.All(_requests.Values.Where(request => request.Queued && !request.Orphaned), request => Assert.Equal(1, request.Ends));

        _ending = true;
        Do(new EngineCommand.StopAll());
        Drain();
        foreach (var timer in _timers.Keys.ToList()) Elapse(timer);
        Assert.Empty(Holders);
        Assert.True(_engine.Engine.IsIdle);
        Assert.All(_engine.Engine.Loads, load => Assert.Equal((0, 0), (load.Running, load.Waiting)));
    }

    private void Step(string what, string task, string action, int pick)
    {
        switch (what)
        {
            case "start": Start(task, action, pick); break;
            case "started" when Known(pick) is { } run: Started(run); break;
            case "failed" when Known(pick) is { } run: Do(new EngineCommand.RunFailedToStart(run, "no", Time)); break;
            case "exited" when _processes.Count > 0: Exited(_processes.Keys.ElementAt(pick % _processes.Count), pick % 2); break;
            case "stop": Do(new EngineCommand.StopTask(Ask("stop"), task, null, pick % 3 == 0 ? TimeSpan.Zero : null)); break;
            case "time": Advance(TimeSpan.FromSeconds(pick % 12)); break;
            case "limit": SetPool(action, new PoolChange { Limit = pick % 4 }); break;
            case "top-limit": SetPool(null, new PoolChange { Limit = pick % 6 }); break;
            case "queue-size": SetPool(pick % 4 == 0 ? null : action, new PoolChange { QueueSize = pick / 4 % 4 }); break;
            case "excess":
                SetPool(action, new PoolChange { Limit = 1 + (pick % 2), ExcessAction = (ExcessAction)(pick / 2 % 2), ExcessOrder = (QueueOrder)(pick / 4 % 2) });
                break;
            case "purge": Purge(pick % 2 == 0 ? action : null); break;
            case "reset": Do(new EngineCommand.ResetTask(Ask("reset"), task)); break;
            case "break": _broken = true; break;
            case "mend": _broken = false; break;
            case "late-timer" when _formerTimers.Count > 0: LateTimer(_formerTimers[pick % _formerTimers.Count]); break;
            case "reload": Reload(PoolPlans.Of(pick), pick % 4 == 0 ? ["a", "b"] : Actions); break;
            case "server": Restart(pick); break;
            case "ready": Ready(); break;
        }
    }

    private void Start(string task, string action, int pick)
    {
        var forced = pick % 3 == 0;
        var retry = (pick / 3 % 3) switch
        {
            0 => null,
            1 => new RetryPolicy { RestartDelay = TimeSpan.FromSeconds(4), ErrorThreshold = 2 },
            _ => new RetryPolicy { RestartDelay = TimeSpan.FromSeconds(4) },
        };
        var line = _waits.Line(action, _now);
        var settings = _now.SettingsOf(action);
        var mayDisplace = settings.Displace == DisplacePolicy.Allowed || (settings.Displace == DisplacePolicy.OnlyForced && forced);
        var oldest = _waits.OldestUnforced(action);
        var full = settings.QueueSize > 0 && line.Count >= settings.QueueSize;
        var expected = !_configured.Contains(action) ? $"unknown action: \"{action}\""
            : _engine.Engine.Find(task) is { Phase: not TaskPhase.Ended } ? "task already running or starting"
            : _broken ? "validation error: exec: broken"
            : HasRoom(action) && line.Count == 0 ? "launched"
            : !settings.QueueEnabled || (full && !(mayDisplace && oldest is not null)) ? "pool rejected task: pool: task rejected — limit reached and queue is full"
            : full ? $"queued for {oldest!.Task}"
            : "queued";

        var effects = Do(new EngineCommand.StartTask(Ask("start"), new StartRequest { TaskId = task, Action = action, Force = forced, RetryPolicy = retry }), forced);
        var displaced = effects.OfType<Effect.Publish>().Select(p => p.Event).OfType<TaskDequeued>().SingleOrDefault();
        var reply = effects.OfType<Effect.Reply>().SingleOrDefault()?.Answer;
        var happened = reply switch
        {
            EngineReply.Failed failed => failed.Message,
            EngineReply.Queued when displaced is not null => $"queued for {displaced.TaskId}",
            EngineReply.Queued => "queued",
            _ => effects.OfType<Effect.LaunchRun>().Any() ? "launched" : "nothing",
        };

        // Those put back before their process had begun take the place of an earlier one: who of several is the oldest is then not known here.
        if (oldest is { RanBefore: true } && displaced is not null) Assert.StartsWith("queued for ", happened, StringComparison.Ordinal);
        else Assert.Equal(expected, happened);
    }

    private RunId? Known(int pick)
    {
        var runs = _launching.Keys.Where(run => !_unknown.Contains(run)).ToList();
        return runs.Count == 0 ? null : runs[pick % runs.Count];
    }

    private void Started(RunId run)
    {
        var pid = ++_pids;
        Assert.True(_launching.Remove(run, out var task));
        _processes[run] = new PoolProcess(task, pid);
        Do(new EngineCommand.RunStarted(run, pid, pid * 7L, Time));
    }

    private void Exited(RunId run, int code)
    {
        Assert.True(_processes.Remove(run));
        Do(new EngineCommand.RunExited(run, code, 0, Time));
    }

    private void Advance(TimeSpan time)
    {
        var end = Time + time;
        while (_timers.Count > 0 && _timers.MinBy(timer => timer.Value) is var (key, due) && due <= end)
        {
            if (due > Time) _engine.Clock.Advance(due - Time);
            Elapse(key);
        }

        if (end > Time) _engine.Clock.Advance(end - Time);
    }

    private void Elapse(TimerKey timer)
    {
        Assert.True(_timers.Remove(timer));
        _formerTimers.Add(timer);
        var effects = Do(new EngineCommand.TimerElapsed(timer));
        if (timer.Kind == TimerKind.QueueExpiry) Assert.Single(effects, effect => effect is Effect.Publish { Event: TaskDequeued { Reason: DequeueReason.Expired } });
    }

    /// <summary>A timer was elapsed or cancelled already and is reported all the same.</summary>
    private void LateTimer(TimerKey timer)
    {
        if (_timers.ContainsKey(timer)) return;
        var effects = Do(new EngineCommand.TimerElapsed(timer));
        if (timer.Kind == TimerKind.QueueExpiry) Assert.Empty(effects);
    }

    private void SetPool(string? action, PoolChange change)
    {
        if (action is not null && !_configured.Contains(action)) return;
        _now = action is null
            ? _now with { Top = _now.Top.With(change) }
            : _now with { Actions = new Dictionary<string, PoolOptions>(_now.Actions) { [action] = (_now.Actions.GetValueOrDefault(action) ?? PoolOptions.Empty).With(change) } };
        var effects = Do(new EngineCommand.SetPool(Ask("set"), action, change));
        var status = Assert.IsType<EngineReply.Pool>(effects.OfType<Effect.Reply>().First().Answer).Status;
        Assert.Equal(action is null ? _now.TopSettings : _now.SettingsOf(action), status.Settings);
        Assert.Single(effects, effect => effect is Effect.PoolChanged);
    }

    private void Purge(string? action)
    {
        if (action is not null && !_configured.Contains(action)) return;
        var waiting = _waits.InLine.Where(w => action is null || w.Action == action).Select(w => w.Task).ToList();
        var effects = Do(new EngineCommand.Purge(Ask("purge"), action));
        Assert.Equal(new EngineReply.Purged(action, waiting.Count), effects.OfType<Effect.Reply>().Single().Answer);
        Assert.Equal(waiting.Order(), effects.OfType<Effect.Publish>().Select(p => p.Event).OfType<TaskDequeued>().Where(d => d.Reason == DequeueReason.Purged).Select(d => d.TaskId).Order());
    }

    private void Reload(PoolPlan plan, string[] configured)
    {
        var processes = _processes.Values.ToDictionary(process => process.Task, process => process.Signalled);
        var before = Actions.Append(null).ToDictionary(action => action ?? "", action => Limit(_now, action));
        (_plan, _now, _configured) = (plan, plan, configured);
        _placesTaken.Clear();
        var effects = _engine.Reconfigure(new EngineOptions { Pools = plan }, [.. Entries]);
        _engine.Store();
        foreach (var effect in effects) Check(effect, new EngineCommand.Reconfigure(_engine.Engine.Actions, new EngineOptions()), forced: false);
        CheckEverything();
        Assert.NotNull(Assert.Single(effects.OfType<Effect.Reconfigured>()).Outcome);
        Assert.DoesNotContain(_waits.InLine, wait => !configured.Contains(wait.Action));
        if (Actions.Append(null).All(action => before[action ?? ""] == Limit(plan, action)))
        {
            Assert.All(_processes.Values.Where(process => processes.TryGetValue(process.Task, out var signalled) && !signalled), process => Assert.False(process.Signalled, "no limit, no stop"));
        }

        static int Limit(PoolPlan plan, string? action) => action is null ? plan.TopSettings.Limit : plan.SettingsOf(action).Limit;
    }

    /// <summary>Another server takes up what was stored. What was changed of the pools is forgotten, and nobody waits for answers any more.</summary>
    private void Restart(int pick)
    {
        _timers.Clear();
        _formerTimers.Clear();
        _placesTaken.Clear();
        _now = _plan;
        _held = true;
        foreach (var request in _requests.Values) request.Orphaned = true;
        _unknown.Clear();
        if (pick % 2 == 0) _unknown.UnionWith(_launching.Keys);
        foreach (var effect in _engine.Restart()) Check(effect, null, false);
        CheckEverything();
        if (pick % 3 != 0) Ready();
    }

    private void Ready()
    {
        if (!_held) return;
        _held = false;
        var known = _processes.Keys.Concat(_launching.Keys).Except(_unknown).ToHashSet();
        var lost = _unknown.Where(_launching.ContainsKey).ToHashSet();
        _unknown.Clear();
        var recovered = Do(new EngineCommand.RecorderReady(known)).OfType<Effect.RecoverRun>().Select(recover => recover.Run.RunId);
        Assert.Equal(lost, recovered.ToHashSet());
        foreach (var run in lost) Do(new EngineCommand.RunNotStarted(run));
    }

    /// <summary>Until nothing happens any more: what was launched starts, or every second time does not, and what was told to stop does.</summary>
    private void Drain(bool failures = false)
    {
        for (var turn = 1; ; turn++)
        {
            if (_launching.Count > 0 && failures && turn % 2 == 0) Do(new EngineCommand.RunFailedToStart(_launching.Keys.First(), "no", Time));
            else if (_launching.Count > 0) Started(_launching.Keys.First());
            else if (_processes.Where(p => p.Value.Signalled).Select(p => (RunId?)p.Key).FirstOrDefault() is { } run) Exited(run, 0);
            else return;
        }
    }

    private RequestOrigin Ask(string kind)
    {
        var id = $"{kind}-{_requests.Count}";
        _requests[id] = new PoolRequest(kind == "start");
        return new RequestOrigin(1, id);
    }

    private List<Effect> Do(EngineCommand command, bool forced = false)
    {
        _placesTaken.Clear();
        var effects = _engine.Apply(command);
        _engine.Store();
        foreach (var effect in effects) Check(effect, command, forced);
        CheckEverything();
        return effects;
    }

    private void Check(Effect effect, EngineCommand? command, bool forced)
    {
        switch (effect)
        {
            case Effect.LaunchRun launch: Launched(launch, command); break;
            case Effect.RunReported { Over: true } over: _launching.Remove(over.RunId); break;
            case Effect.SignalRun signal when _processes.TryGetValue(signal.RunId, out var process): process.Signalled = true; break;
            case Effect.ArmTimer arm:
                Assert.True(arm.Due >= TimeSpan.Zero);
                _timers[arm.Key] = Time + arm.Due;
                break;
            case Effect.CancelTimer cancel:
                _timers.Remove(cancel.Key);
                _formerTimers.Add(cancel.Key);
                break;
            case Effect.Reply { Origin.Connection: 1 } reply: Answered(reply); break;
            case Effect.Publish publish:
                Happened(publish.Event, command, forced);
                if (publish.Then is { } then) Happened(then, command, forced);
                break;
        }
    }

    private void Launched(Effect.LaunchRun launch, EngineCommand? command)
    {
        if (command is EngineCommand.RunNotStarted again && again.RunId == launch.RunId) return;
        Assert.True(_launched.Add(launch.RunId), "a run is launched once");
        Assert.DoesNotContain(launch.TaskId, _launching.Values);
        Assert.DoesNotContain(_processes.Values, process => process.Task == launch.TaskId);
        Assert.False(_held && command is not (EngineCommand.StartTask or EngineCommand.ResetTask), "nothing that waits is launched before the recorder is there");
        Assert.False(_ending, "nothing is launched when the server ends");
        _launching[launch.RunId] = launch.TaskId;
        var action = _engine.Engine.Find(launch.TaskId)!.Action;
        if (_waits.Find(launch.TaskId) is { } wait)
        {
            Assert.False(wait.Launched, "a wait ends in one launch");
            var line = _waits.Line(wait.Action, _now);
            if (wait.RanBefore) Assert.Contains(wait, line.Where(w => w.RanBefore));
            else Assert.Same(line[0], wait);
            wait.Launched = true;
            _placesTaken.Add((launch.TaskId, action));
        }
        else if (command is EngineCommand.StartTask)
        {
            _placesTaken.Add((launch.TaskId, action));
        }
    }

    private void Answered(Effect.Reply reply)
    {
        var request = _requests[reply.Origin.RequestId];
        if (reply.Late)
        {
            Assert.True(request.Queued && !request.Orphaned, "only a start that was queued is answered later");
            if (reply.Answer is EngineReply.Failed) return;
            Assert.IsType<EngineReply.Started>(reply.Answer);
            request.Ends++;
            return;
        }

        Assert.Equal(1, ++request.Answers);
        if (reply.Answer is EngineReply.Queued) request.Queued = true;
    }

    private void Happened(TaskEvent what, EngineCommand? command, bool forced)
    {
        switch (what)
        {
            case TaskQueued queued:
                Assert.Null(_waits.Find(queued.TaskId));
                var ranBefore = command is not EngineCommand.StartTask;
                Assert.Equal(ranBefore, queued.Origin is null);
                var since = ranBefore ? _engine.Engine.Find(queued.TaskId)?.LastStartedAt ?? Time : default;
                var wait = _waits.Add(queued.TaskId, queued.Action, forced && !ranBefore, ranBefore, since, queued.Origin?.RequestId);
                if (ranBefore) Assert.InRange(queued.Position, 1, _waits.Line(queued.Action, _now).Count(w => w.RanBefore));
                else Assert.Equal(_waits.Line(queued.Action, _now).IndexOf(wait) + 1, queued.Position);
                break;
            case TaskStarted started:
                var waited = _waits.Find(started.TaskId);
                Assert.Equal(waited is not null, started.QueueWait is not null);
                if (waited is null) break;
                Assert.True(waited.Launched);
                _waits.Remove(waited);
                break;
            case TaskDequeued dequeued:
                Dequeued(dequeued, command);
                break;
        }
    }

    private void Dequeued(TaskDequeued dequeued, EngineCommand? command)
    {
        var allowed = dequeued.Reason switch
        {
            DequeueReason.Displaced => command is EngineCommand.StartTask,
            DequeueReason.Expired => command is EngineCommand.TimerElapsed { Key.Kind: TimerKind.QueueExpiry },
            DequeueReason.Purged => command is EngineCommand.Purge,
            DequeueReason.Shutdown => command is EngineCommand.StopAll,
            DequeueReason.Stopped => command is EngineCommand.StopTask or EngineCommand.SetPool or EngineCommand.Reconfigure or EngineCommand.RunFailedToStart or EngineCommand.RunNotStarted,
            _ => true,
        };
        Assert.True(allowed, $"{dequeued.Reason} by {command}");
        if (_waits.Find(dequeued.TaskId) is not { } wait)
        {
            // It gave up a restart.
            Assert.Contains(dequeued.Reason, new[] { DequeueReason.Stopped, DequeueReason.Failed, DequeueReason.Shutdown });
            return;
        }

        // A launch that fails is the end of the wait; it was what somebody wanted if he had stopped it.
        Assert.False(wait.Launched && dequeued.Reason is not (DequeueReason.Failed or DequeueReason.Stopped), "who was launched does not wait");
        if (dequeued.Reason == DequeueReason.Displaced) Assert.False(wait.Forced, "a forced task is not displaced");
        if (wait.Request is { } id && !_requests[id].Orphaned) _requests[id].Ends++;
        _waits.Remove(wait);
    }

    private void CheckEverything()
    {
        var holders = Holders;
        foreach (var (_, action) in _placesTaken)
        {
            Assert.True(IsWithin(_now.SettingsOf(action).Limit, holders.Count(task => task.Action == action)), "no place is given above the action's limit");
            Assert.True(IsWithin(_now.TopSettings.Limit, holders.Count), "no place is given above the limit of all");
        }

        var tasks = _engine.Engine.Tasks;
        Assert.Equal(_waits.InLine.Select(w => w.Task).Order(), tasks.Where(task => task.State == TaskState.Queued).Select(task => task.TaskId).Order());
        Assert.Equal(
            _launching.Keys.Concat(_processes.Keys).ToHashSet(),
            tasks.Where(task => task.CurrentRun is not null).Select(task => task.CurrentRun!.Value).ToHashSet());
        if (!_held && !_ending) Assert.DoesNotContain(_waits.InLine, w => HasRoom(w.Action));
        Assert.Equal(
            _waits.InLine.Count(w => _now.SettingsOf(w.Action).QueueMaxAge > TimeSpan.Zero),
            _timers.Keys.Count(timer => timer.Kind == TimerKind.QueueExpiry));
        foreach (var action in _configured) CheckPool(action, [.. holders.Where(task => task.Action == action)]);
        CheckPool(null, holders);
    }

    private void CheckPool(string? action, List<TaskStatus> holders)
    {
        var effect = Assert.IsType<Effect.Reply>(Assert.Single(_engine.Apply(new EngineCommand.PoolInfo(new RequestOrigin(2, "info"), action))));
        var status = Assert.IsType<EngineReply.Pool>(effect.Answer).Status;
        Assert.Equal(action is null ? _now.TopSettings : _now.SettingsOf(action), status.Settings);
        Assert.Equal((holders.Count, status.Items.Count), (status.Running, status.QueueDepth));
        if (action is null)
        {
            Assert.Equal(_waits.InLine.Select(w => w.Task).Order(), status.Items.Select(item => item.TaskId).Order());
            return;
        }

        var line = _waits.Line(action, _now);
        var back = line.Count(w => w.RanBefore);
        Assert.Equal(line.Take(back).Select(w => w.Task).Order(), status.Items.Take(back).Select(item => item.TaskId).Order());
        Assert.Equal(line.Skip(back).Select(w => (w.Task, w.Forced)), status.Items.Skip(back).Select(item => (item.TaskId, item.Forced)));
    }

    private bool HasRoom(string action)
    {
        var holders = Holders;
        return IsWithin(_now.SettingsOf(action).Limit, holders.Count(task => task.Action == action) + 1) && IsWithin(_now.TopSettings.Limit, holders.Count + 1);
    }

    private static bool IsWithin(int limit, int running) => limit == 0 || running <= limit;
}
