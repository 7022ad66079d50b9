using Overseer.Core.Drivers;
using Overseer.Core.Tasks;
using Overseer.Core.Tasks.Storage;

namespace Overseer.Core.Tests.Tasks;

/// <summary>What a new server makes of what the one before it stored.</summary>
public sealed class TaskEngineRestoreTests
{
    private readonly EngineHarness _engine = new();

    [Fact]
    public void A_running_task_runs_on_and_its_exit_is_taken_in()
    {
        var run = _engine.Running("t", 42);
        _engine.Store();

        Assert.Empty(_engine.Restart());
        Assert.Empty(_engine.Ready(run).OfType<Effect.RecoverRun>());
        Assert.Equal(TaskPhase.Running, _engine.Task("t").Phase);
        var effects = _engine.Exited(run, code: 3);

        Assert.Equal(3, _engine.Task("t").LastExitCode);
        Assert.Contains(new Effect.RunReported(run, Over: true), effects);
    }

    [Fact]
    public void Numbers_go_on_after_the_highest_that_was_ever_given()
    {
        var harness = new EngineHarness(new EngineOptions { MaxTasks = 1 });
        for (var i = 0; i < 3; i++) harness.Ended($"t{i}");
        harness.FailedToStart(harness.Start("never").OfType<Effect.LaunchRun>().Single().RunId);
        harness.Store();

        harness.Restart();
        harness.Start("next");

        Assert.Equal(5, harness.Task("next").Number);
    }

    [Fact]
    public void A_run_that_the_recorder_does_not_know_is_to_be_recovered()
    {
        var run = _engine.Running("t", 42);
        _engine.Store();
        _engine.Restart();

        var recover = Assert.Single(_engine.Ready().OfType<Effect.RecoverRun>());

        Assert.Equal((run, 42, 42 * 7L), (recover.Run.RunId, recover.Run.Pid, recover.Run.ProcessStartTime));
    }

    [Fact]
    public void A_start_that_came_to_nothing_is_launched_again_with_the_same_run()
    {
        var run = _engine.Start("t").OfType<Effect.LaunchRun>().Single().RunId;
        _engine.Store();
        _engine.Restart();
        _engine.Ready();

        var launch = Assert.Single(_engine.Apply(new EngineCommand.RunNotStarted(run)).OfType<Effect.LaunchRun>());

        Assert.Equal(run, launch.RunId);
        Assert.Equal("/bin/echo", Assert.IsType<ProcessPlan>(launch.Plan).File);
    }

    [Fact]
    public void A_start_that_was_stopped_meanwhile_is_not_launched_again()
    {
        var run = _engine.Start("t").OfType<Effect.LaunchRun>().Single().RunId;
        _engine.Stop("t");
        _engine.Store();
        _engine.Restart();
        _engine.Ready();

        Assert.Empty(_engine.Apply(new EngineCommand.RunNotStarted(run)).OfType<Effect.LaunchRun>());
        Assert.Null(_engine.Engine.Find("t"));
    }

    [Fact]
    public void The_rest_of_a_grace_time_runs_on()
    {
        var run = _engine.Running("t");
        _engine.Stop("t", TimeSpan.FromSeconds(10));
        _engine.Store();
        _engine.Clock.Advance(TimeSpan.FromSeconds(4));

        var timer = Assert.Single(_engine.Restart().OfType<Effect.ArmTimer>());

        Assert.Equal(TimeSpan.FromSeconds(6), timer.Due);
        Assert.Equal(9, Assert.Single(_engine.GraceEnded(run).OfType<Effect.SignalRun>()).Signal);
    }

    [Theory]
    [InlineData(-86400, 10)]
    [InlineData(86400, 0)]
    public void A_clock_that_was_set_meanwhile_neither_stretches_a_grace_time_nor_harms(int seconds, int due)
    {
        _engine.Running("t");
        _engine.Stop("t", TimeSpan.FromSeconds(10));
        _engine.Store();
        _engine.Clock.Set(_engine.Clock.GetUtcNow().AddSeconds(seconds));

        Assert.Equal(TimeSpan.FromSeconds(due), Assert.Single(_engine.Restart().OfType<Effect.ArmTimer>()).Due);
    }

    [Fact]
    public void A_kill_that_may_not_have_been_sent_is_sent_again()
    {
        _engine.Running("t");
        _engine.Stop("t", TimeSpan.Zero);
        _engine.Store();

        Assert.Equal(9, Assert.Single(_engine.Restart().OfType<Effect.SignalRun>()).Signal);
    }

    [Fact]
    public void Nothing_is_signalled_that_ran_in_another_boot_of_the_machine()
    {
        var run = _engine.Running("t");
        _engine.Stop("t", TimeSpan.Zero);
        _engine.Store();

        Assert.Empty(_engine.Restart(boot: Guid.NewGuid()).OfType<Effect.SignalRun>());
        Assert.Single(_engine.Ready().OfType<Effect.RecoverRun>());
        _engine.Exited(run, code: -1);
        Assert.Equal((TaskState.Stopped, -1, null), (_engine.Task("t").State, _engine.Task("t").LastExitCode, _engine.Task("t").LastSignal));
    }

    [Fact]
    public void What_a_stopped_run_left_behind_is_still_swept()
    {
        var run = _engine.Running("t");
        _engine.Stop("t", TimeSpan.FromSeconds(10));
        _engine.Exited(run);
        _engine.Store();

        Assert.Single(_engine.Restart().OfType<Effect.ArmTimer>());
        Assert.False(_engine.Engine.IsIdle);
        Assert.Equal(9, Assert.Single(_engine.GraceEnded(run).OfType<Effect.SignalRun>()).Signal);
        Assert.True(_engine.Engine.IsIdle);
        _engine.Store();
        Assert.Empty(_engine.Restart());
    }

    [Fact]
    public void Secrets_are_masked_again_and_are_all_masked_when_the_action_is_gone()
    {
        var spec = new Dictionary<string, ParameterSpec?> { ["p"] = new ParameterSpec { Secret = true }, ["q"] = null };
        var action = new ActionEntry(new ActionDefinition { Name = "a", Type = "exec" }, new FakeAction { Parameters = spec });
        var harness = new EngineHarness(null, action);
        harness.Start(new StartRequest { TaskId = "t", Action = "a", Params = new Dictionary<string, string> { ["p"] = "hush", ["q"] = "open" } });
        harness.Store();

        harness.Restart();
        Assert.Equal(("***", "open"), (harness.Task("t").Params!["p"], harness.Task("t").Params!["q"]));

        var changed = new EngineHarness();
        changed.Stored.Commit(new EngineChanges { Tasks = harness.Stored.State.Tasks, Runs = harness.Stored.State.Runs, LastNumber = 1 });
        changed.Restart();
        Assert.Equal(("***", "***"), (changed.Task("t").Params!["p"], changed.Task("t").Params!["q"]));
        var run = changed.Task("t").CurrentRun!.Value;
        Assert.Contains(changed.Apply(new EngineCommand.RunNotStarted(run)), e => e is Effect.TaskForgotten);
    }

    [Fact]
    public void A_name_is_still_taken_and_a_dedupe_key_still_held()
    {
        var action = new ActionEntry(new ActionDefinition { Name = "a", Type = "exec", DedupeKey = ["p"] }, new FakeAction());
        var harness = new EngineHarness(null, action);
        var parameters = new Dictionary<string, string> { ["p"] = "1" };
        var run = harness.Start(new StartRequest { TaskId = "t", Action = "a", Name = "n", Params = parameters }).OfType<Effect.LaunchRun>().Single().RunId;
        harness.Started(run);
        harness.Store();

        harness.Restart();

        Assert.Contains("duplicate", EngineHarness.Refusal(harness.Start(new StartRequest { Action = "a", Params = parameters })).Message, StringComparison.Ordinal);
        Assert.Contains("already used", EngineHarness.Refusal(harness.Start(new StartRequest { Action = "a", Name = "n" })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_process_that_no_task_knows_of_must_end()
    {
        var stray = new RunId(Guid.NewGuid());

        Assert.Equal([new Effect.EndStray(stray, 5, 35)], _engine.Started(stray, 5));
    }

    [Fact]
    public void Changes_that_could_not_be_stored_come_again()
    {
        _engine.Running("t");
        var lost = _engine.Engine.TakeChanges();
        _engine.Engine.PutBack(lost);
        _engine.Ended("u", pid: 2);

        _engine.Store();

        Assert.Equal(["t", "u"], _engine.Stored.State.Tasks.Select(t => t.TaskId));
        Assert.Equal([TaskPhase.Running, TaskPhase.Ended], _engine.Stored.State.Runs.Select(r => r.Phase));
    }
}
