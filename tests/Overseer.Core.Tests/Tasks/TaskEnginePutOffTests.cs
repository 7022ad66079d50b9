using Overseer.Core.Pools;
using Overseer.Core.Tasks;

namespace Overseer.Core.Tests.Tasks;

/// <summary>Launches that nobody waits for and that come to nothing at first, and starts whose place in a queue cannot be kept.</summary>
public sealed class TaskEnginePutOffTests
{
    private static readonly RetryPolicy AtOnce = new() { RestartDelay = TimeSpan.Zero };
    private readonly EngineHarness _engine = new(new EngineOptions
    {
        Pools = new PoolPlan { Top = new PoolOptions { Limit = 1, QueueEnabled = true } },
    });

    [Fact]
    public void A_restart_that_cannot_be_executed_is_tried_again_no_sooner_than_the_least_time_between_starts()
    {
        var run = Running("t");
        _engine.Clock.Advance(TimeSpan.FromSeconds(5));
        var effects = _engine.Exited(run, 1);
        for (var i = 0; i < 3; i++)
        {
            _engine.Clock.Advance(TimeSpan.FromSeconds(1));
            effects = _engine.FailedToStart(Due(effects), "no such file");
            Assert.Equal(TaskMachine.LeastBetweenStarts, Assert.Single(effects.OfType<Effect.ArmTimer>()).Due);
        }
    }

    [Fact]
    public void A_restart_that_was_put_off_is_launched_as_it_was_and_counts_once()
    {
        var next = Due(_engine.Exited(Running("t"), 1));
        for (var i = 0; i < 3; i++)
        {
            var again = Assert.Single(_engine.Apply(new EngineCommand.RunNotStarted(next)).OfType<Effect.LaunchRun>());
            Assert.Equal((next, true), (again.RunId, again.CanWait));
        }

        _engine.Started(next, 101);
        Assert.Empty(_engine.Apply(new EngineCommand.RunNotStarted(next)));
        Assert.Equal((TaskPhase.Running, 1), (_engine.Task("t").Phase, _engine.Task("t").RestartCount));
    }

    [Fact]
    public void A_restart_that_is_put_off_and_stopped_is_not_launched()
    {
        var next = Due(_engine.Exited(Running("t"), 1));
        _engine.Stop("t");
        var effects = _engine.Apply(new EngineCommand.RunNotStarted(next));
        Assert.Empty(effects.OfType<Effect.LaunchRun>());
        Assert.Equal(DequeueReason.Stopped, Assert.IsType<TaskDequeued>(Assert.Single(effects.OfType<Effect.Publish>()).Event).Reason);
        Assert.Equal((TaskPhase.Ended, TaskState.Stopped), (_engine.Task("t").Phase, _engine.Task("t").State));
    }

    [Fact]
    public void A_turn_that_is_put_off_and_stopped_leaves_the_queue_as_stopped()
    {
        var run = Running("plain");
        var start = Queue("q");
        var next = Assert.Single(_engine.Exited(run).OfType<Effect.LaunchRun>()).RunId;
        Assert.Empty(_engine.Stop("q").OfType<Effect.Reply>());
        var effects = _engine.Apply(new EngineCommand.RunNotStarted(next));
        Assert.Empty(effects.OfType<Effect.LaunchRun>());
        Assert.Equal(DequeueReason.Stopped, Assert.IsType<TaskDequeued>(Assert.Single(effects.OfType<Effect.Publish>()).Event).Reason);
        Assert.Equal(start, Assert.Single(effects.OfType<Effect.Reply>()).Origin);
    }

    [Fact]
    public void A_turn_that_is_put_off_while_the_limit_is_lowered_is_not_lost()
    {
        var run = Running("plain");
        Queue("q");
        var next = Assert.Single(_engine.Exited(run).OfType<Effect.LaunchRun>()).RunId;
        _engine.Apply(new EngineCommand.SetPool(EngineHarness.Client, null, new PoolChange { Limit = 2 }));
        Running("other");
        _engine.Apply(new EngineCommand.SetPool(EngineHarness.Client, null, new PoolChange { Limit = 1, ExcessAction = ExcessAction.Requeue }));

        Assert.Equal("q", Assert.Single(_engine.Apply(new EngineCommand.RunNotStarted(next)).OfType<Effect.LaunchRun>()).TaskId);
        _engine.Started(next, 101);
        Assert.Equal(TaskPhase.Stopping, _engine.Task("q").Phase);
        _engine.Exited(next, 0, 15);
        Assert.Equal(TaskState.Queued, _engine.Task("q").State);
    }

    [Fact]
    public void A_start_whose_place_in_the_queue_cannot_be_kept_leaves_it_and_is_refused()
    {
        Running("plain");
        var start = Queue("q");
        var effects = _engine.Apply(new EngineCommand.QueuedInVain(start, "q", "no room"));
        Assert.Equal("no room", Assert.IsType<EngineReply.Failed>(Assert.Single(effects.OfType<Effect.Reply>(), reply => reply.Origin == start).Answer).Message);
        Assert.Null(_engine.Engine.Find("q"));
        Assert.Equal("q", Assert.Single(effects.OfType<Effect.TaskForgotten>()).TaskId);
    }

    [Fact]
    public void A_start_that_has_left_the_queue_meanwhile_is_refused_all_the_same()
    {
        Running("plain");
        var start = Queue("q");
        _engine.Stop("q");
        var reply = Assert.IsType<Effect.Reply>(Assert.Single(_engine.Apply(new EngineCommand.QueuedInVain(start, "q", "no room"))));
        Assert.Equal((start, "no room"), (reply.Origin, Assert.IsType<EngineReply.Failed>(reply.Answer).Message));
    }

    [Fact]
    public void A_start_that_has_its_turn_meanwhile_is_answered_by_that()
    {
        var run = Running("plain");
        var start = Queue("q");
        var launch = Assert.Single(_engine.Exited(run).OfType<Effect.LaunchRun>(), launch => launch.TaskId == "q");
        Assert.Empty(_engine.Apply(new EngineCommand.QueuedInVain(start, "q", "no room")));
        Assert.IsType<EngineReply.Started>(Assert.Single(_engine.Started(launch.RunId, 101).OfType<Effect.Reply>(), reply => reply.Origin == start).Answer);
    }

    [Fact]
    public void After_a_reboot_a_lost_task_with_a_policy_is_restarted_and_one_without_is_stopped()
    {
        var engine = new EngineHarness();
        var plain = engine.Running("plain", 100);
        var kept = engine.Start(new StartRequest { TaskId = "kept", Action = "echo", RetryPolicy = AtOnce }).OfType<Effect.LaunchRun>().Single().RunId;
        engine.Started(kept, 101);
        engine.Store();

        engine.Restart(boot: Guid.NewGuid());
        Assert.Equal([plain, kept], engine.Ready().OfType<Effect.RecoverRun>().Select(recover => recover.Run.RunId));
        engine.Exited(plain, -1);
        var timer = Assert.Single(engine.Exited(kept, -1).OfType<Effect.ArmTimer>()).Key;

        Assert.Equal((TaskPhase.Ended, TaskState.Stopped), (engine.Task("plain").Phase, engine.Task("plain").State));
        Assert.Equal("kept", Assert.Single(engine.Apply(new EngineCommand.TimerElapsed(timer)).OfType<Effect.LaunchRun>()).TaskId);
    }

    private RunId Running(string task)
    {
        var run = _engine.Start(new StartRequest { TaskId = task, Action = "echo", RetryPolicy = task == "t" ? AtOnce : null }).OfType<Effect.LaunchRun>().Single().RunId;
        _engine.Started(run);
        return run;
    }

    private RequestOrigin Queue(string task) => Assert.Single(_engine.Start(task).OfType<Effect.Reply>(), reply => reply.Answer is EngineReply.Queued).Origin;

    /// <summary>The restart for which a timer was armed is due.</summary>
    private RunId Due(List<Effect> effects)
    {
        var timer = Assert.Single(effects.OfType<Effect.ArmTimer>(), arm => arm.Key.Kind == TimerKind.Restart).Key;
        return Assert.Single(_engine.Apply(new EngineCommand.TimerElapsed(timer)).OfType<Effect.LaunchRun>()).RunId;
    }
}
