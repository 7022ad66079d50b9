using Overseer.Core.Drivers;
using Overseer.Core.Tasks;

namespace Overseer.Core.Tests.Tasks;

public sealed class TaskEngineStopTests
{
    private readonly EngineHarness _engine = new();

    [Fact]
    public void A_stop_sends_the_signal_then_kills_when_the_grace_time_ends()
    {
        var run = _engine.Running("t", 5);

        var stop = _engine.Stop("t");
        Assert.Equal(new Effect.SignalRun("t", run, 5, 35, 15), stop.OfType<Effect.SignalRun>().Single());
        Assert.Equal(new Effect.ArmTimer(new TimerKey(run, TimerKind.Grace), TimeSpan.FromSeconds(5)), stop.OfType<Effect.ArmTimer>().Single());
        Assert.Empty(stop.OfType<Effect.Reply>());
        Assert.Equal(TaskState.Active, _engine.Task("t").State);

        var kill = _engine.GraceEnded(run);
        Assert.Equal(9, kill.OfType<Effect.SignalRun>().Single().Signal);
        var exit = _engine.Exited(run, 0, 9);
        Assert.True(Assert.IsType<TaskExited>(exit.OfType<Effect.Publish>().Single().Event).Intentional);
        Assert.True(_engine.Engine.IsIdle);
    }

    [Fact]
    public void What_a_stopped_process_leaves_behind_is_killed_when_its_grace_time_ends()
    {
        var run = _engine.Running("t", 5);
        _engine.Stop("t");
        _engine.Exited(run);

        Assert.Equal(TaskState.Stopped, _engine.Task("t").State);
        Assert.False(_engine.Engine.IsIdle);
        Assert.Equal(new Effect.SignalRun("t", run, 5, 35, 9), Assert.Single(_engine.GraceEnded(run)));
        Assert.True(_engine.Engine.IsIdle);
        Assert.Empty(_engine.GraceEnded(run));
    }

    [Fact]
    public void Nothing_is_swept_when_the_tree_is_known_to_be_gone()
    {
        var run = _engine.Running("t");
        _engine.Stop("t");
        _engine.Exited(run);

        Assert.IsType<Effect.CancelTimer>(Assert.Single(_engine.Apply(new EngineCommand.TreeGone(run))));
        Assert.True(_engine.Engine.IsIdle);
        Assert.Empty(_engine.GraceEnded(run));
    }

    [Fact]
    public void A_new_run_sweeps_what_the_one_before_left_behind_first()
    {
        var run = _engine.Running("t", 5);
        _engine.Stop("t");
        _engine.Exited(run);

        var effects = _engine.Start("t");

        Assert.Equal(new Effect.SignalRun("t", run, 5, 35, 9), effects.OfType<Effect.SignalRun>().Single());
        Assert.True(effects.FindIndex(e => e is Effect.SignalRun) < effects.FindIndex(e => e is Effect.LaunchRun));
        Assert.Empty(_engine.GraceEnded(run));
    }

    [Fact]
    public void A_kill_that_leaves_somebody_is_told_to_everybody_who_asked_for_the_stop_also_when_the_run_is_over()
    {
        var run = _engine.Running("t", 5);
        _engine.Stop("t");
        _engine.Stop("t");
        _engine.Exited(run);
        _engine.GraceEnded(run);
        Assert.Null(_engine.Engine.FindByRun(run));

        var told = _engine.Apply(new EngineCommand.KillIncomplete("t", run, [12, 34]));

        Assert.Equal(2, told.Count);
        Assert.All(told, effect => Assert.Equal(
            "the stop could not end every process of the task; still there: 12, 34",
            Assert.IsType<EngineReply.Failed>(Assert.IsType<Effect.Reply>(effect).Answer).Message));
        Assert.Empty(_engine.Apply(new EngineCommand.KillIncomplete("t", run, [12])));
        Assert.Empty(_engine.Apply(new EngineCommand.KillIncomplete("other", run, [12])));
    }

    [Fact]
    public void A_stop_of_a_task_that_could_not_be_killed_tries_it_again()
    {
        var run = _engine.Running("t", 5);
        _engine.Stop("t");
        _engine.GraceEnded(run);
        Assert.Empty(_engine.Stop("t"));
        _engine.Apply(new EngineCommand.KillIncomplete("t", run, [5]));

        Assert.Equal(new Effect.SignalRun("t", run, 5, 35, 9), Assert.Single(_engine.Stop("t")));
        Assert.Single(_engine.Apply(new EngineCommand.KillIncomplete("t", run, [5])));
    }

    [Fact]
    public void An_exit_nobody_asked_for_leaves_descendants_alone()
    {
        var run = _engine.Running("t");

        Assert.Empty(_engine.Exited(run).OfType<Effect.SignalRun>());
        Assert.Empty(_engine.GraceEnded(run));
    }

    [Fact]
    public void A_second_stop_can_shorten_the_grace_time_but_never_prolong_it()
    {
        var run = _engine.Running("t");
        _engine.Stop("t", TimeSpan.FromSeconds(60));
        _engine.Clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Empty(_engine.Stop("t"));
        Assert.Empty(_engine.Stop("t", TimeSpan.FromSeconds(51)));
        Assert.Equal(TimeSpan.FromSeconds(3), Assert.IsType<Effect.ArmTimer>(Assert.Single(_engine.Stop("t", TimeSpan.FromSeconds(3)))).Due);
        Assert.Empty(_engine.Stop("t", TimeSpan.FromSeconds(4)));
        Assert.Equal(9, _engine.Stop("t", TimeSpan.Zero).OfType<Effect.SignalRun>().Single().Signal);
        Assert.Empty(_engine.Stop("t", TimeSpan.Zero));
        Assert.Empty(_engine.GraceEnded(run));
    }

    [Fact]
    public void A_stop_during_the_start_is_carried_out_once_the_process_runs()
    {
        var run = _engine.Start("t").OfType<Effect.LaunchRun>().Single().RunId;

        Assert.Empty(_engine.Stop("t"));
        var effects = _engine.Started(run);

        Assert.True(effects.FindIndex(e => e is Effect.Reply) < effects.FindIndex(e => e is Effect.SignalRun));
        Assert.Equal(TaskPhase.Stopping, _engine.Task("t").Phase);
    }

    [Fact]
    public void Who_stopped_a_task_whose_start_fails_is_told_since_no_exit_will_follow()
    {
        var run = _engine.Start("t").OfType<Effect.LaunchRun>().Single().RunId;
        _engine.Stop("t");

        var replies = _engine.FailedToStart(run, "no").OfType<Effect.Reply>().ToList();

        Assert.Equal(["start-1", "stop-2"], replies.Select(r => r.Origin.RequestId));
        Assert.All(replies, r => Assert.Equal(new EngineReply.Failed("no"), r.Answer));
    }

    [Fact]
    public void Stops_that_wait_for_a_start_are_bounded()
    {
        _engine.Start("t");
        for (var i = 0; i < LiveRun.MaxStops; i++) Assert.Empty(_engine.Stop("t"));

        EngineHarness.Refusal(_engine.Stop("t"));
    }

    [Fact]
    public void A_task_that_is_not_there_or_has_ended_cannot_be_stopped()
    {
        _engine.Ended("t");

        Assert.Equal("task is not running", EngineHarness.Refusal(_engine.Stop("t")).Message);
        Assert.Equal("task not found", EngineHarness.Refusal(_engine.Stop("u")).Message);
        Assert.Equal("task not found", EngineHarness.Refusal(_engine.Apply(new EngineCommand.StopTask(EngineHarness.Client, null, 1))).Message);
        Assert.Equal("task_id is required", EngineHarness.Refusal(_engine.Apply(new EngineCommand.StopTask(EngineHarness.Client, null))).Message);
        Assert.Equal("grace must not be negative", EngineHarness.Refusal(_engine.Stop("t", TimeSpan.FromSeconds(-1))).Message);
        Assert.Equal("grace: at most 720h is allowed", EngineHarness.Refusal(_engine.Stop("t", TimeSpan.FromDays(31))).Message);
    }

    [Fact]
    public void A_task_can_be_stopped_by_pid()
    {
        _engine.Running("t", 77);

        Assert.Single(_engine.Apply(new EngineCommand.StopTask(EngineHarness.Client, null, 77)).OfType<Effect.SignalRun>());
    }

    [Fact]
    public void A_pid_that_came_again_finds_the_latest_task_only()
    {
        _engine.Ended("old", 77);
        var run = _engine.Running("new", 77);

        Assert.Equal("new", _engine.Engine.FindByPid(77)!.TaskId);
        _engine.Start("old");
        Assert.Equal("new", _engine.Engine.FindByPid(77)!.TaskId);
        _engine.Exited(run);
        Assert.Equal("new", _engine.Engine.FindByPid(77)!.TaskId);
    }

    [Fact]
    public void The_actions_signal_and_grace_time_are_used()
    {
        var action = new FakeAction { Planner = _ => FakeAction.Process("x") with { Stop = new StopPolicy(2, TimeSpan.FromSeconds(30)) } };
        var engine = new EngineHarness(null, new ActionEntry(new ActionDefinition { Name = "a", Type = "exec" }, action));
        var run = engine.Start("t", "a").OfType<Effect.LaunchRun>().Single().RunId;
        engine.Started(run);

        var effects = engine.Stop("t");

        Assert.Equal(2, effects.OfType<Effect.SignalRun>().Single().Signal);
        Assert.Equal(TimeSpan.FromSeconds(30), effects.OfType<Effect.ArmTimer>().Single().Due);
    }

    [Fact]
    public void The_end_of_the_server_stops_everything_and_refuses_new_starts()
    {
        var running = _engine.Running("running", 1);
        var stopping = _engine.Running("stopping", 2);
        _engine.Stop("stopping", TimeSpan.FromSeconds(60));
        var starting = _engine.Start("starting").OfType<Effect.LaunchRun>().Single().RunId;
        _engine.Ended("ended", 3);

        var effects = _engine.Apply(new EngineCommand.StopAll(TimeSpan.FromSeconds(2)));

        Assert.Equal(running, Assert.Single(effects.OfType<Effect.SignalRun>()).RunId);
        Assert.Equal([(running, 2.0), (stopping, 2.0)], effects.OfType<Effect.ArmTimer>().Select(t => (t.Key.RunId, t.Due.TotalSeconds)));
        Assert.Single(_engine.Started(starting, 4).OfType<Effect.SignalRun>());
        Assert.Equal("the server is shutting down", EngineHarness.Refusal(_engine.Start("late")).Message);

        Assert.False(_engine.Engine.IsIdle);
        foreach (var run in new[] { running, stopping, starting })
        {
            _engine.Exited(run);
            _engine.Apply(new EngineCommand.TreeGone(run));
        }

        Assert.True(_engine.Engine.IsIdle);
    }
}
