using Overseer.Core.Drivers;
using Overseer.Core.Pools;
using Overseer.Core.Tasks;

namespace Overseer.Core.Tests.Tasks;

/// <summary>Running tasks that go back into the queue, and what happens at the same time.</summary>
public sealed class TaskEngineRequeueTests
{
    private static readonly RetryPolicy Patient = new() { RestartDelay = TimeSpan.FromSeconds(10) };
    private static readonly PoolOptions Requeueing = new() { Limit = 3, QueueEnabled = true, ExcessAction = ExcessAction.Requeue };

    private static EngineHarness Engine(PoolOptions? top = null, params (string Action, PoolOptions Pool)[] actions)
    {
        var plan = new PoolPlan { Top = top ?? PoolOptions.Empty, Actions = actions.ToDictionary(a => a.Action, a => a.Pool) };
        var action = new FakeAction();
        return new EngineHarness(
            new EngineOptions { Pools = plan },
            [.. new[] { "a", "b" }.Select(name => new ActionEntry(new ActionDefinition { Name = name, Type = "exec" }, action))]);
    }

    private static RunId Launch(EngineHarness engine, string task, string action = "a", RetryPolicy? retry = null) =>
        LaunchIn(engine.Start(new StartRequest { TaskId = task, Action = action, RetryPolicy = retry }));

    private static RunId Run(EngineHarness engine, string task, int pid, string action = "a", RetryPolicy? retry = null)
    {
        var run = Launch(engine, task, action, retry);
        engine.Started(run, pid);
        engine.Clock.Advance(TimeSpan.FromSeconds(1));
        return run;
    }

    private static RunId LaunchIn(IEnumerable<Effect> effects) => effects.OfType<Effect.LaunchRun>().Single().RunId;

    private static List<Effect> SetLimit(EngineHarness engine, int limit, string? action = "a") =>
        engine.Apply(new EngineCommand.SetPool(EngineHarness.Client, action, new PoolChange { Limit = limit }));

    private static PoolStatus Pool(EngineHarness engine, string? action = "a")
    {
        var reply = (Effect.Reply)engine.Apply(new EngineCommand.PoolInfo(EngineHarness.Client, action)).Single();
        return ((EngineReply.Pool)reply.Answer).Status;
    }

    private static IEnumerable<string> Waiting(EngineHarness engine) => Pool(engine).Items.Select(item => item.TaskId);

    [Fact]
    public void Who_ran_longest_is_first_in_the_queue_in_whatever_order_they_end()
    {
        var engine = Engine(null, ("a", Requeueing));
        RunId[] runs = [Run(engine, "t1", 1), Run(engine, "t2", 2), Run(engine, "t3", 3)];
        engine.Start("t4", "a");
        Assert.Equal(["t1", "t2"], SetLimit(engine, 1).OfType<Effect.SignalRun>().Select(signal => signal.TaskId));
        Assert.Equal(2, engine.Exited(runs[1], 1).OfType<Effect.Publish>().Count());
        engine.Exited(runs[0]);
        Assert.Equal(["t1", "t2", "t4"], Waiting(engine));
        Assert.Equal("t1", engine.Exited(runs[2]).OfType<Effect.LaunchRun>().Single().TaskId);
    }

    [Fact]
    public void The_latest_are_put_back_when_the_order_says_so()
    {
        var engine = Engine(null, ("a", Requeueing with { ExcessOrder = QueueOrder.Last, ExcessGrace = TimeSpan.Zero }));
        for (var i = 1; i <= 3; i++) Run(engine, $"t{i}", i);
        Assert.Equal([("t3", 9), ("t2", 9)], SetLimit(engine, 1).OfType<Effect.SignalRun>().Select(signal => (signal.TaskId, signal.Signal)));
    }

    [Fact]
    public void Those_that_are_leaving_already_count_as_gone()
    {
        var engine = Engine(null, ("a", Requeueing));
        for (var i = 1; i <= 3; i++) Run(engine, $"t{i}", i);
        engine.Stop("t2");
        Assert.Equal("t1", SetLimit(engine, 1).OfType<Effect.SignalRun>().Single().TaskId);
        Assert.Empty(SetLimit(engine, 1).OfType<Effect.SignalRun>());
    }

    [Fact]
    public void A_task_that_is_wanted_back_before_its_process_has_begun_still_comes_before_those_that_never_ran()
    {
        var engine = Engine(null, ("a", Requeueing with { Limit = 2, QueueOrder = QueueOrder.Last, ExcessOrder = QueueOrder.Last }));
        var (first, _) = (Run(engine, "t1", 1), Run(engine, "t2", 2));
        engine.Start("t3", "a");
        engine.Start("t4", "a");
        var latest = LaunchIn(engine.Exited(first));
        Assert.Empty(SetLimit(engine, 1).OfType<Effect.SignalRun>());
        Assert.Equal("t4", engine.Started(latest, 4).OfType<Effect.SignalRun>().Single().TaskId);
        engine.Exited(latest);
        Assert.Equal(["t4", "t3"], Waiting(engine));
    }

    [Fact]
    public void A_restart_that_fails_while_the_task_is_wanted_back_does_not_keep_its_place()
    {
        var engine = Engine(null, ("a", Requeueing with { ExcessOrder = QueueOrder.Last }));
        Run(engine, "t1", 1);
        var timer = engine.Exited(Run(engine, "t2", 2, retry: Patient)).OfType<Effect.ArmTimer>().Single().Key;
        engine.Clock.Advance(TimeSpan.FromSeconds(10));
        var again = LaunchIn(engine.Apply(new EngineCommand.TimerElapsed(timer)));
        SetLimit(engine, 1);
        var events = engine.FailedToStart(again).OfType<Effect.Publish>().Select(publish => publish.Event.GetType().Name);
        Assert.Equal([nameof(TaskRestarting), nameof(TaskQueued)], events);
        Assert.Equal(["t2"], Waiting(engine));
        Assert.Equal(1, Pool(engine, "a").Running);
    }

    [Fact]
    public void A_reset_takes_its_place_in_the_pool_of_the_action_it_starts()
    {
        var engine = Engine(null, ("b", new PoolOptions { Limit = 1, QueueEnabled = true }));
        engine.Exited(Run(engine, "t1", 1, retry: new RetryPolicy { ErrorThreshold = 1 }));
        Run(engine, "t2", 2, "b");
        engine.Start("t1", "b");
        engine.Apply(new EngineCommand.Purge(EngineHarness.Client, "b"));
        LaunchIn(engine.Apply(new EngineCommand.ResetTask(EngineHarness.Client, "t1")));
        Assert.Equal((1, 1), (Pool(engine, "a").Running, Pool(engine, "b").Running));
    }

    [Fact]
    public void An_expiry_that_comes_late_does_not_end_another_wait()
    {
        var engine = Engine(null, ("a", Requeueing with { Limit = 2, ExcessOrder = QueueOrder.Last, QueueMaxAge = TimeSpan.FromSeconds(5) }));
        var (first, _) = (Run(engine, "t1", 1), Run(engine, "t2", 2));
        var late = engine.Start("t3", "a").OfType<Effect.ArmTimer>().Single().Key;
        var ended = engine.Exited(first);
        Assert.Contains(new Effect.CancelTimer(late), ended);
        var third = LaunchIn(ended);
        engine.Started(third, 3);
        SetLimit(engine, 1);
        engine.Exited(third);
        Assert.Equal(["t3"], Waiting(engine));
        Assert.Empty(engine.Apply(new EngineCommand.TimerElapsed(late)));
        Assert.Equal(["t3"], Waiting(engine));
    }

    [Fact]
    public void A_restart_that_was_due_before_the_recorder_was_there_does_not_shorten_another_wait()
    {
        var engine = Engine();
        engine.Exited(Run(engine, "t1", 1, retry: Patient));
        engine.Store();
        var due = engine.Restart().OfType<Effect.ArmTimer>().Single().Key;
        Assert.Empty(engine.Apply(new EngineCommand.TimerElapsed(due)));
        engine.Stop("t1");
        engine.Exited(Run(engine, "t1", 2, retry: Patient));
        Assert.Empty(engine.Ready().OfType<Effect.LaunchRun>());
        Assert.Equal(TaskPhase.Waiting, engine.Task("t1").Phase);
    }
}
