using Overseer.Core.Drivers;
using Overseer.Core.Tasks;
using TaskStatus = Overseer.Core.Tasks.TaskStatus;

namespace Overseer.Core.Tests.Tasks;

/// <summary>An engine with a clock of its own, countable ids and short ways to say what happens.</summary>
internal sealed class EngineHarness
{
    private int _ids;
    private int _requests;
    private ActionCatalog _actions;
    private EngineOptions _options;

    public EngineHarness(EngineOptions? options = null, params ActionEntry[] actions)
    {
        Action = new FakeAction();
        if (actions.Length == 0) actions = [new ActionEntry(new ActionDefinition { Name = "echo", Type = "exec" }, Action)];
        _actions = new ActionCatalog(actions) { Command = new ActionEntry(new ActionDefinition { Name = ActionCatalog.CommandName, Type = "exec" }, Commands) };
        _options = options ?? new EngineOptions();
        Engine = NewEngine(_options);
    }

    /// <summary>What stands for the actions of what somebody else starts.</summary>
    public IReadOnlyList<ActionEntry> Foreign
    {
        init
        {
            _actions = new ActionCatalog(_actions.Entries) { Command = _actions.Command, Foreign = value };
            Engine = NewEngine(_options);
        }
    }

    public ManualClock Clock { get; } = new();

    public FakeAction Action { get; }

    /// <summary>What runs commands that no action describes.</summary>
    public FakeAction Commands { get; } = new();

    /// <summary>What the engine's random numbers are.</summary>
    public double Random { get; set; }

    public TaskEngine Engine { get; private set; }

    /// <summary>What a store would hold: fed by <see cref="Store"/>.</summary>
    public ModelStore Stored { get; } = new();

    public static RequestOrigin Client { get; } = new(1, "r");

    public List<Effect> Apply(EngineCommand command)
    {
        var effects = new List<Effect>();
        Engine.Apply(command, effects);
        return effects;
    }

    /// <summary>Commits what has changed.</summary>
    public void Store() => Stored.Commit(Engine.TakeChanges());

    /// <summary>The server dies, and another one takes up what was stored.</summary>
    public List<Effect> Restart(Guid? boot = null)
    {
        Engine = NewEngine(boot is { } other ? _options with { BootId = other } : _options);
        var effects = new List<Effect>();
        Engine.Restore(Stored.State, effects);
        return effects;
    }

    /// <summary>The configuration is replaced, also for the servers that come.</summary>
    public List<Effect> Reconfigure(EngineOptions options, params ActionEntry[] actions)
    {
        (_options, _actions) = (options, new ActionCatalog(actions));
        return Apply(new EngineCommand.Reconfigure(_actions, options));
    }

    public List<Effect> Ready(params RunId[] known) => Apply(new EngineCommand.RecorderReady(known.ToHashSet()));

    public List<Effect> Start(StartRequest request) => Apply(new EngineCommand.StartTask(new RequestOrigin(1, $"start-{++_requests}"), request));

    public List<Effect> Start(string? taskId = null, string action = "echo") => Start(new StartRequest { TaskId = taskId, Action = action });

    public List<Effect> Stop(string taskId, TimeSpan? grace = null) => Apply(new EngineCommand.StopTask(new RequestOrigin(1, $"stop-{++_requests}"), taskId, null, grace));

    public List<Effect> Started(RunId run, int pid = 100) => Apply(new EngineCommand.RunStarted(run, pid, pid * 7L, Clock.GetUtcNow()));

    public List<Effect> FailedToStart(RunId run, string message = "cannot execute /no/such: no such file or directory (ENOENT)") =>
        Apply(new EngineCommand.RunFailedToStart(run, message, Clock.GetUtcNow()));

    public List<Effect> Exited(RunId run, int code = 0, int signal = 0) => Apply(new EngineCommand.RunExited(run, code, signal, Clock.GetUtcNow()));

    public List<Effect> GraceEnded(RunId run) => Apply(new EngineCommand.TimerElapsed(new TimerKey(run, TimerKind.Grace)));

    /// <summary>A task that runs.</summary>
    public RunId Running(string taskId, int pid = 100)
    {
        var run = Start(taskId).OfType<Effect.LaunchRun>().Single().RunId;
        Started(run, pid);
        return run;
    }

    /// <summary>A task that has ended.</summary>
    public RunId Ended(string taskId, int pid = 100, int code = 0)
    {
        var run = Running(taskId, pid);
        Exited(run, code);
        return run;
    }

    public TaskStatus Task(string taskId) => Engine.Find(taskId) ?? throw new InvalidOperationException($"no task {taskId}");

    private TaskEngine NewEngine(EngineOptions options) => new(_actions, options, Clock, () => new Guid(++_ids, 0, 0, new byte[8]), () => Random);

    public static EngineReply.Failed Refusal(List<Effect> effects) => Assert.IsType<EngineReply.Failed>(Assert.IsType<Effect.Reply>(Assert.Single(effects)).Answer);
}
