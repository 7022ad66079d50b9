using Overseer.Core.Configuration;
using Overseer.Core.Drivers;
using Overseer.Core.Pools;
using Overseer.Core.Tasks;
using TaskStatus = Overseer.Core.Tasks.TaskStatus;

namespace Overseer.Core.Tests.Tasks;

/// <summary>Another configuration while tasks run.</summary>
public sealed class TaskEngineReconfigureTests
{
    private static readonly RetryPolicy Again = new() { RestartDelay = TimeSpan.FromSeconds(4) };

    [Fact]
    public void New_actions_can_be_started_and_removed_ones_cannot()
    {
        var engine = new EngineHarness();
        Outcome(engine.Reconfigure(new EngineOptions(), Entry("other")));
        Assert.Equal("unknown action: \"echo\"", EngineHarness.Refusal(engine.Start("t")).Message);
        Assert.Single(engine.Start("t", "other").OfType<Effect.LaunchRun>());
        Outcome(engine.Reconfigure(new EngineOptions()));
        Assert.Equal("no actions configured", EngineHarness.Refusal(engine.Start("u", "other")).Message);
    }

    [Fact]
    public void A_running_task_is_not_touched_and_named_until_it_was_started_again()
    {
        var engine = new EngineHarness(null, Entry("echo", "old"));
        var run = engine.Running("t");
        var effects = engine.Reconfigure(new EngineOptions(), Entry("echo", "new"));
        Assert.Equal(["t"], Outcome(effects).Outdated.Select(task => task.TaskId));
        Assert.IsType<Effect.Reconfigured>(Assert.Single(effects));
        Assert.Equal(["t"], Outcome(engine.Reconfigure(new EngineOptions(), Entry("echo", "new"))).Outdated.Select(task => task.TaskId));
        Assert.Empty(Outcome(engine.Reconfigure(new EngineOptions(), Entry("echo", "old"))).Outdated);
        Outcome(engine.Reconfigure(new EngineOptions(), Entry("echo", "new")));
        engine.Exited(run);
        engine.Running("t", pid: 101);
        Assert.Empty(Outcome(engine.Reconfigure(new EngineOptions(), Entry("echo", "new"))).Outdated);
    }

    [Fact]
    public void A_queued_task_is_started_by_the_action_as_it_is_then()
    {
        var (old, now) = (new FakeAction(), new FakeAction());
        var one = new EngineOptions { Pools = Limit("echo", 1) };
        var engine = new EngineHarness(one, Entry("echo", action: old));
        var run = engine.Running("first");
        engine.Start("second");
        engine.Reconfigure(one, Entry("echo", action: now));
        Assert.Empty(now.Requests);
        engine.Exited(run);
        Assert.Equal("second", Assert.Single(now.Requests).TaskId);
    }

    [Fact]
    public void Who_waits_for_a_place_with_an_action_that_is_gone_is_told_so()
    {
        var engine = new EngineHarness(new EngineOptions { Pools = Limit("echo", 1) }, Entry("echo"), Entry("other"));
        engine.Running("first");
        engine.Start("second");
        var effects = engine.Reconfigure(new EngineOptions(), Entry("other"));
        Assert.Equal("the action \"echo\" is not configured any more", Assert.IsType<EngineReply.Failed>(Assert.Single(effects.OfType<Effect.Reply>()).Answer).Message);
        Assert.Equal(DequeueReason.Failed, Assert.IsType<TaskDequeued>(Assert.Single(effects.OfType<Effect.Publish>()).Event).Reason);
        Assert.Equal(["second"], Outcome(effects).LetGo.Select(task => task.TaskId));
        Assert.Equal(["first"], Outcome(effects).Orphans.Select(task => task.TaskId));
        Assert.Null(engine.Engine.Find("second"));
    }

    [Fact]
    public void Who_waits_for_a_restart_with_an_action_that_is_gone_is_given_up()
    {
        var engine = new EngineHarness(new EngineOptions { Retry = Again }, Entry("echo"), Entry("other"));
        engine.Exited(engine.Running("t"));
        Assert.Equal(TaskPhase.Waiting, engine.Task("t").Phase);
        var effects = engine.Reconfigure(new EngineOptions { Retry = Again }, Entry("other"));
        Assert.Equal(1, Assert.IsType<TaskErrored>(Assert.Single(effects.OfType<Effect.Publish>()).Event).ExitCount);
        Assert.Single(effects.OfType<Effect.CancelTimer>());
        Assert.Equal((TaskState.Errored, "the action \"echo\" is not configured any more"), (engine.Task("t").State, engine.Task("t").ErrorMessage));
        AssertSameAfterRestart(engine);

        engine.Reconfigure(new EngineOptions(), Entry("echo"));
        Assert.Single(engine.Apply(new EngineCommand.ResetTask(EngineHarness.Client, "t")).OfType<Effect.LaunchRun>());
    }

    [Fact]
    public void A_task_that_exits_when_its_action_is_gone_is_given_up_when_its_restart_is_due()
    {
        var engine = new EngineHarness(new EngineOptions { Retry = Again }, Entry("echo"), Entry("other"));
        var run = engine.Running("t");
        engine.Reconfigure(new EngineOptions { Retry = Again }, Entry("other"));
        var timer = Assert.Single(engine.Exited(run).OfType<Effect.ArmTimer>());
        var effects = engine.Apply(new EngineCommand.TimerElapsed(timer.Key));
        Assert.IsType<TaskErrored>(Assert.Single(effects.OfType<Effect.Publish>()).Event);
        Assert.Empty(effects.OfType<Effect.LaunchRun>());
    }

    [Fact]
    public void A_server_that_starts_without_the_action_gives_up_what_waits_for_it()
    {
        var engine = new EngineHarness(new EngineOptions { Retry = Again, Pools = Limit("echo", 1) }, Entry("echo"), Entry("other"));
        engine.Exited(engine.Running("t"));
        engine.Start("u");
        engine.Store();
        engine.Reconfigure(new EngineOptions { Retry = Again }, Entry("other"));
        engine.Restart();
        var effects = engine.Ready();
        Assert.Equal([typeof(TaskErrored), typeof(TaskDequeued)], effects.OfType<Effect.Publish>().Select(publish => publish.Event.GetType()));
        Assert.Equal((TaskState.Errored, null), (engine.Task("t").State, engine.Engine.Find("u")?.State));
    }

    [Fact]
    public void What_set_pool_has_changed_is_forgotten_and_told_to_everybody()
    {
        var options = new EngineOptions { Pools = Limit("echo", 2) };
        var engine = new EngineHarness(options, Entry("echo"), Entry("other"));
        engine.Apply(new EngineCommand.SetPool(EngineHarness.Client, "echo", new PoolChange { Limit = 5 }));
        engine.Apply(new EngineCommand.SetPool(EngineHarness.Client, null, new PoolChange { QueueSize = 3 }));
        var effects = engine.Reconfigure(options, Entry("echo"), Entry("other"));
        Assert.Equal([null, "echo", "other"], effects.OfType<Effect.PoolChanged>().Select(changed => changed.Status.Action));
        Assert.Equal([(null, 0, 0), ("echo", 5, 2), ("other", 0, 0)], Outcome(effects).Pools.Select(pool => (pool.Action, pool.Before.Limit, pool.After.Limit)));
        Assert.Empty(engine.Reconfigure(options, Entry("echo"), Entry("other")).OfType<Effect.PoolChanged>());
    }

    [Fact]
    public void A_lower_limit_ends_the_excess_and_a_higher_one_starts_who_waits()
    {
        var engine = new EngineHarness(new EngineOptions { Pools = Limit("echo", 2) });
        engine.Running("a", 100);
        engine.Clock.Advance(TimeSpan.FromSeconds(1));
        engine.Running("b", 101);
        engine.Start("c");
        var signal = Assert.Single(engine.Reconfigure(new EngineOptions { Pools = Limit("echo", 1) }, Entry("echo")).OfType<Effect.SignalRun>());
        Assert.Equal("a", signal.TaskId);
        Assert.Equal("c", Assert.Single(engine.Reconfigure(new EngineOptions { Pools = Limit("echo", 3) }, Entry("echo")).OfType<Effect.LaunchRun>()).TaskId);
    }

    [Fact]
    public void The_order_of_a_queue_and_the_time_in_it_are_those_of_the_new_configuration()
    {
        var engine = new EngineHarness(new EngineOptions { Pools = Limit("echo", 1) });
        var run = engine.Running("a");
        engine.Start("b");
        engine.Start("c");
        var aged = new EngineOptions { Pools = Limit("echo", 1, QueueOrder.Last, TimeSpan.FromSeconds(10)) };
        engine.Clock.Advance(TimeSpan.FromSeconds(3));
        var armed = engine.Reconfigure(aged, Entry("echo")).OfType<Effect.ArmTimer>().ToList();
        Assert.Equal([TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(7)], armed.Select(timer => timer.Due));
        Assert.Equal("c", Assert.Single(engine.Exited(run).OfType<Effect.LaunchRun>()).TaskId);

        // The one of b, who still waits: what was under way when it was cancelled has no effect.
        Assert.Single(engine.Reconfigure(new EngineOptions { Pools = Limit("echo", 1) }, Entry("echo")).OfType<Effect.CancelTimer>());
        engine.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.All(armed, timer => Assert.Empty(engine.Apply(new EngineCommand.TimerElapsed(timer.Key))));
        Assert.Equal(TaskState.Queued, engine.Task("b").State);
    }

    [Fact]
    public void Running_tasks_are_judged_by_the_new_policy()
    {
        var engine = new EngineHarness();
        var run = engine.Running("t");
        engine.Reconfigure(new EngineOptions { Retry = Again }, Entry("echo"));
        Assert.Equal(Again, engine.Task("t").RetryPolicy);
        AssertSameAfterRestart(engine);
        engine.Ready(run);
        Assert.IsType<TaskRestarting>(Assert.Single(engine.Exited(run).OfType<Effect.Publish>()).Then);
    }

    [Fact]
    public void A_dedupe_key_that_comes_holds_for_those_that_run_until_the_last_has_ended()
    {
        var engine = new EngineHarness(null, Entry("echo"));
        var first = Started("a", 1);
        var second = Started("b", 2);
        var keyed = Entry("echo", dedupe: ["p"]);
        engine.Reconfigure(new EngineOptions(), keyed);
        Assert.Equal("a", EngineHarness.Refusal(Start("c")).ExistingTaskId);
        engine.Exited(first);
        Assert.Equal("b", EngineHarness.Refusal(Start("c")).ExistingTaskId);
        engine.Exited(second);
        Assert.Single(Start("c").OfType<Effect.LaunchRun>());
        engine.Reconfigure(new EngineOptions(), Entry("echo"));
        Assert.Single(Start("d").OfType<Effect.LaunchRun>());

        List<Effect> Start(string task) => engine.Start(new StartRequest { TaskId = task, Action = "echo", Params = new Dictionary<string, string> { ["p"] = "1" } });

        RunId Started(string task, int pid)
        {
            var run = Start(task).OfType<Effect.LaunchRun>().Single().RunId;
            engine.Started(run, pid);
            return run;
        }
    }

    [Fact]
    public void Tags_of_the_action_and_secrets_are_those_of_the_new_configuration()
    {
        var engine = new EngineHarness(null, Entry("echo"));
        var run = engine.Start(new StartRequest { TaskId = "t", Action = "echo", Params = new Dictionary<string, string> { ["p"] = "hidden" }, Tags = ["own"] }).OfType<Effect.LaunchRun>().Single().RunId;
        engine.Started(run);
        var secret = new FakeAction { Parameters = new Dictionary<string, ParameterSpec?> { ["p"] = new() { Secret = true } } };
        var effects = engine.Reconfigure(new EngineOptions(), Entry("echo", action: secret, tags: ["web"]));
        Assert.Equal(["web", "own"], Assert.Single(effects.OfType<Effect.LabelsChanged>()).Status.Tags);
        Assert.Equal(["web", "own"], engine.Task("t").Tags);
        Assert.Equal("***", engine.Task("t").Params!["p"]);
        AssertSameAfterRestart(engine);
        engine.Ready(run);
        engine.Reconfigure(new EngineOptions { Retry = Again }, Entry("echo", action: secret));
        var timer = Assert.Single(engine.Exited(run).OfType<Effect.ArmTimer>());
        Assert.DoesNotContain("hidden", Assert.Single(engine.Apply(new EngineCommand.TimerElapsed(timer.Key)).OfType<Effect.StatusChanged>()).Status.Args!);
    }

    [Fact]
    public void Lower_bounds_refuse_what_comes_and_end_nothing()
    {
        var engine = new EngineHarness();
        engine.Running("a", 1);
        engine.Running("b", 2);
        Assert.Empty(engine.Reconfigure(new EngineOptions { MaxTasks = 1 }, Entry("echo")).OfType<Effect.SignalRun>());
        Assert.Equal("too many tasks: all 1 that may be known are running (limit max_tasks)", EngineHarness.Refusal(engine.Start("c")).Message);
        engine.Reconfigure(new EngineOptions { MaxTasks = 3 }, Entry("echo"));
        Assert.Single(engine.Start("c").OfType<Effect.LaunchRun>());
    }

    private static ReconfigureOutcome Outcome(List<Effect> effects) => Assert.Single(effects.OfType<Effect.Reconfigured>()).Outcome!;

    private static ActionEntry Entry(string name, string config = "", FakeAction? action = null, string[]? dedupe = null, string[]? tags = null) => new(
        new ActionDefinition { Name = name, Type = "exec", Config = new ConfigScalar(config), DedupeKey = dedupe ?? [], Tags = tags ?? [] },
        action ?? new FakeAction());

    private static PoolPlan Limit(string action, int limit, QueueOrder order = QueueOrder.First, TimeSpan age = default) => new()
    {
        Actions = new Dictionary<string, PoolOptions> { [action] = new() { Limit = limit, QueueEnabled = true, QueueOrder = order, QueueMaxAge = age } },
    };

    /// <summary>The next server, with the same configuration, knows every task as this one does.</summary>
    private static void AssertSameAfterRestart(EngineHarness engine)
    {
        engine.Store();
        var before = engine.Engine.Tasks.Select(Told).ToList();
        engine.Restart();
        Assert.Equal(before, engine.Engine.Tasks.Select(Told));

        static string Told(TaskStatus task) =>
            $"{task.TaskId} {task.Action} {task.State} {task.Phase} {task.ErrorMessage} {task.RetryPolicy} tags {string.Join(',', task.Tags)} params {string.Join(',', task.Params ?? new Dictionary<string, string>())}";
    }
}
