using Overseer.Core.Drivers;
using Overseer.Core.Pools;
using Overseer.Core.Tasks;

namespace Overseer.Core.Tests.Tasks;

public sealed class TaskEngineHostedTests
{
    private static readonly StopPolicy Stop = new(PosixSignalName.Sigterm, TimeSpan.FromSeconds(5));

    [Fact]
    public void A_run_is_stored_with_its_host_and_what_that_one_finds_it_by()
    {
        var harness = new EngineHarness(null, Container());
        var launch = harness.Start("t", "box").OfType<Effect.LaunchRun>().Single();
        Assert.Equal("image", harness.Task("t").Command);
        harness.Started(launch.RunId, pid: 0);
        harness.Store();

        harness.Restart(boot: Guid.NewGuid());
        var recover = harness.Ready().OfType<Effect.RecoverRun>().Single().Run;
        Assert.Equal(("docker", "engine-1", launch.RunId), (recover.Host, recover.Reference, recover.RunId));
        Assert.Equal((TaskState.Active, WorkerState.Running, null), (harness.Task("t").State, harness.Task("t").WorkerState, harness.Task("t").CurrentPid));
    }

    [Fact]
    public void A_run_of_another_boot_can_still_be_stopped()
    {
        var harness = new EngineHarness(null, Container());
        harness.Started(harness.Start("t", "box").OfType<Effect.LaunchRun>().Single().RunId, pid: 0);
        harness.Store();
        harness.Restart(boot: Guid.NewGuid());
        harness.Ready();
        Assert.Equal("docker", harness.Stop("t").OfType<Effect.SignalRun>().Single().Host);
    }

    [Fact]
    public void Nothing_is_swept_behind_a_stopped_run_and_the_server_may_end()
    {
        var harness = new EngineHarness(null, Container());
        var run = harness.Start("t", "box").OfType<Effect.LaunchRun>().Single().RunId;
        harness.Started(run, pid: 0);
        harness.Stop("t");
        var effects = harness.Exited(run, signal: PosixSignalName.Sigterm);
        Assert.Empty(effects.OfType<Effect.FindLeftovers>());
        Assert.Equal(new TimerKey(run, TimerKind.Grace), effects.OfType<Effect.CancelTimer>().Single().Key);
        Assert.True(harness.Engine.IsIdle);
    }

    [Fact]
    public void A_stop_before_the_start_is_told_to_the_host_at_once()
    {
        var harness = new EngineHarness(null, Container());
        var run = harness.Start("t", "box").OfType<Effect.LaunchRun>().Single().RunId;
        var signal = harness.Stop("t").OfType<Effect.SignalRun>().Single();
        Assert.Equal((run, PosixSignalName.Sigterm, "docker"), (signal.RunId, signal.Signal, signal.Host));
        Assert.Equal(2, harness.FailedToStart(run, "stopped before it was started").OfType<Effect.Reply>().Count());
    }

    [Fact]
    public void A_note_is_shown_and_kept_and_the_next_run_begins_without_it()
    {
        var harness = new EngineHarness(null, Container());
        var run = harness.Start("t", "box").OfType<Effect.LaunchRun>().Single().RunId;
        harness.Started(run, pid: 0);
        Assert.Equal("out of memory", harness.Apply(new EngineCommand.RunNoted(run, "out of memory")).OfType<Effect.StatusChanged>().Single().Status.Note);
        Assert.Empty(harness.Apply(new EngineCommand.RunNoted(run, "out of memory")));
        harness.Exited(run, code: 137);
        harness.Store();
        harness.Restart();
        harness.Ready();
        Assert.Equal("out of memory", harness.Task("t").Note);
        Assert.Empty(harness.Apply(new EngineCommand.RunNoted(run, "too late")));
        harness.Start("t", "box");
        Assert.Null(harness.Task("t").Note);
    }

    [Fact]
    public void Secrets_are_masked_in_notes()
    {
        var secret = new FakeAction { Parameters = new Dictionary<string, ParameterSpec?> { ["key"] = new() { Secret = true } }, Planner = _ => Plan("docker") };
        var harness = new EngineHarness(null, new ActionEntry(new ActionDefinition { Name = "box", Type = "docker" }, secret));
        var run = harness.Start(new StartRequest { TaskId = "t", Action = "box", Params = new Dictionary<string, string> { ["key"] = "hunter2" } }).OfType<Effect.LaunchRun>().Single().RunId;
        harness.Started(run, pid: 0);
        harness.Apply(new EngineCommand.RunNoted(run, "refused: hunter2"));
        Assert.Equal("refused: ***", harness.Task("t").Note);
    }

    [Fact]
    public void What_somebody_else_started_is_left_alone_at_the_end_and_does_not_hold_the_server()
    {
        var harness = Foreign();
        harness.Started(Open(harness, "agent").OfType<Effect.LaunchRun>().Single().RunId, pid: 0);
        harness.Store();
        Assert.True(harness.Engine.IsIdle);
        Assert.Empty(harness.Apply(new EngineCommand.StopAll()));
        Assert.Equal(TaskState.Active, harness.Task("agent").State);

        harness.Restart();
        Assert.Equal("session", harness.Ready().OfType<Effect.RecoverRun>().Single().Run.Host);
        Assert.True(harness.Engine.IsIdle);
        Assert.Single(harness.Stop("agent").OfType<Effect.SignalRun>());
    }

    [Fact]
    public void What_somebody_else_started_has_no_pool_and_no_retries()
    {
        var harness = Foreign(new EngineOptions
        {
            Pools = new PoolPlan { Top = new PoolOptions { Limit = 1 } },
            Retry = new RetryPolicy { RestartDelay = TimeSpan.FromSeconds(1) },
        });
        harness.Running("one");
        var run = Open(harness, "agent").OfType<Effect.LaunchRun>().Single().RunId;
        harness.Started(run, pid: 0);
        Assert.Null(harness.Task("agent").RetryPolicy);
        harness.Exited(run, code: 1);
        Assert.Equal(TaskState.Stopped, harness.Task("agent").State);
        Assert.Equal(TaskOrigin.Session, harness.Task("agent").Origin);

        harness.Store();
        harness.Restart();
        Assert.Null(harness.Task("agent").RetryPolicy);
    }

    [Fact]
    public void Its_id_is_no_other_tasks_and_no_client_can_start_one()
    {
        var harness = Foreign();
        harness.Exited(Started(harness, Open(harness, "agent")), code: 0);
        Assert.Equal("task_id is that of a session", EngineHarness.Refusal(harness.Start("agent")).Message);
        harness.Ended("mine");
        Assert.Equal("task_id is that of a task", EngineHarness.Refusal(Open(harness, "mine")).Message);
        Assert.Equal("unknown action: \"session\"", EngineHarness.Refusal(harness.Start("other", ActionCatalog.SessionName)).Message);
        Assert.Equal(2, Started(harness, Open(harness, "agent")) is var _ ? harness.Task("agent").Run : 0);
    }

    private static RunId Started(EngineHarness harness, List<Effect> effects)
    {
        var run = effects.OfType<Effect.LaunchRun>().Single().RunId;
        harness.Started(run, pid: 0);
        return run;
    }

    private static List<Effect> Open(EngineHarness harness, string id) =>
        harness.Apply(new EngineCommand.StartTask(EngineHarness.Client, new StartRequest { TaskId = id, Action = ActionCatalog.SessionName }) { Foreign = true });

    private static EngineHarness Foreign(EngineOptions? options = null) => new(options)
    {
        Foreign = [new ActionEntry(new ActionDefinition { Name = ActionCatalog.SessionName, Type = "session" }, new FakeAction { Planner = _ => Plan("session") })],
    };

    private static ActionEntry Container() => new(new ActionDefinition { Name = "box", Type = "docker" }, new FakeAction { Planner = _ => Plan("docker") });

    private static HostedPlan Plan(string host) => new() { Host = host, Reference = "engine-1", Command = "image", Stop = Stop };
}
