using Overseer.Core.Drivers;
using Overseer.Core.Tasks;

namespace Overseer.Core.Tests.Tasks;

/// <summary>What a request does not reach is not there for it, decided in the engine's own turn: nothing can change between the look and the deed.</summary>
public sealed class TaskEngineReachTests
{
    private static readonly RequestOrigin ByAction = new(2, "r") { Reach = new TaskReach(new HashSet<string> { "mine" }, new HashSet<string>()) };
    private static readonly RequestOrigin ByTag = new(2, "r") { Reach = new TaskReach(new HashSet<string>(), new HashSet<string> { "ci" }) };

    private readonly EngineHarness _engine = new(null, Entry("mine"), Entry("theirs"), Entry("tagged", "ci"));

    [Fact]
    public void A_task_is_reached_by_its_action_or_by_a_tag()
    {
        _engine.Start(new StartRequest { TaskId = "a", Action = "mine" });
        _engine.Start(new StartRequest { TaskId = "b", Action = "theirs" });
        _engine.Start(new StartRequest { TaskId = "c", Action = "theirs", Tags = ["x", "ci"] });
        _engine.Start(new StartRequest { TaskId = "d", Action = "tagged" });

        Assert.Equal(["a"], _engine.Engine.Tasks.Where(ByAction.Sees).Select(task => task.TaskId));
        Assert.Equal(["c", "d"], _engine.Engine.Tasks.Where(ByTag.Sees).Select(task => task.TaskId));
        Assert.Equal(4, _engine.Engine.Tasks.Count(EngineHarness.Client.Sees));
    }

    [Fact]
    public void What_is_not_reached_is_not_started_stopped_reset_or_known()
    {
        _engine.Start(new StartRequest { TaskId = "b", Action = "theirs", Name = "taken" });
        var pid = 100;
        _engine.Started(_engine.Task("b").CurrentRun!.Value, pid);

        Assert.Equal("task not found", Refused(new EngineCommand.StopTask(ByAction, "b")).Message);
        Assert.Equal("task not found", Refused(new EngineCommand.StopTask(ByAction, null, pid)).Message);
        Assert.Equal("task not found", Refused(new EngineCommand.ResetTask(ByAction, "b")).Message);
        Assert.Equal("unknown action: \"theirs\"", Refused(new EngineCommand.PoolInfo(ByAction, "theirs")).Message);
        Assert.Equal("unknown action: \"theirs\"", Refused(new EngineCommand.Purge(ByAction, "theirs")).Message);
        Assert.Equal("unknown action: \"theirs\"", Refused(new EngineCommand.StartTask(ByAction, new StartRequest { Action = "theirs" })).Message);
        Assert.Equal("task_id is taken", Refused(new EngineCommand.StartTask(ByAction, new StartRequest { TaskId = "b", Action = "mine" })).Message);
        Assert.Equal(new EngineReply.Failed("name \"taken\" is already used"), Refused(new EngineCommand.StartTask(ByAction, new StartRequest { Action = "mine", Name = "taken" })));
        Assert.Equal(TaskPhase.Running, _engine.Task("b").Phase);
    }

    [Fact]
    public void An_ended_task_that_is_not_reached_keeps_its_id_and_its_journal()
    {
        _engine.Start(new StartRequest { TaskId = "b", Action = "theirs" });
        var run = _engine.Task("b").CurrentRun!.Value;
        _engine.Started(run);
        _engine.Exited(run);

        Assert.Equal("task_id is taken", Refused(new EngineCommand.StartTask(ByAction, new StartRequest { TaskId = "b", Action = "mine" })).Message);
        Assert.Equal("theirs", _engine.Task("b").Action);
    }

    [Fact]
    public void What_is_reached_is_done()
    {
        var effects = _engine.Apply(new EngineCommand.StartTask(ByTag, new StartRequest { TaskId = "d", Action = "tagged" }));
        Assert.Single(effects.OfType<Effect.LaunchRun>());
        _engine.Started(_engine.Task("d").CurrentRun!.Value);

        Assert.Empty(_engine.Apply(new EngineCommand.StopTask(ByTag, "d")).OfType<Effect.Reply>());
        Assert.Equal(TaskPhase.Stopping, _engine.Task("d").Phase);
    }

    private EngineReply.Failed Refused(EngineCommand command) => EngineHarness.Refusal(_engine.Apply(command));

    private static ActionEntry Entry(string name, params string[] tags) => new(new ActionDefinition { Name = name, Type = "exec", Tags = tags }, new FakeAction());
}
