using Overseer.Core.Drivers;
using Overseer.Core.Tasks;

namespace Overseer.Core.Tests.Tasks;

public sealed class TaskEngineStartTests
{
    private static readonly DateTimeOffset Epoch = new ManualClock().GetUtcNow();

    [Fact]
    public void A_start_subscribes_its_sender_before_it_launches_and_answers_when_the_process_runs()
    {
        var engine = new EngineHarness();

        var ordered = engine.Start("t");
        Assert.Collection(
            ordered,
            e => Assert.Equal("t", Assert.IsType<Effect.AttachStarter>(e).TaskId),
            e => Assert.Equal(TaskPhase.Starting, Assert.IsType<Effect.StatusChanged>(e).Status.Phase),
            e => Assert.Equal(1, Assert.IsType<Effect.LaunchRun>(e).Run));

        var launch = ordered.OfType<Effect.LaunchRun>().Single();
        var reported = engine.Started(launch.RunId, 4711);
        var started = new TaskStarted("t", "echo", launch.RunId, 4711, null, false, null, Epoch);
        Assert.Collection(
            reported,
            e => Assert.Equal(TaskPhase.Running, Assert.IsType<Effect.StatusChanged>(e).Status.Phase),
            e => Assert.Equal(new Effect.Reply(new RequestOrigin(1, "start-1"), new EngineReply.Started(started)), e),
            e => Assert.Equal(new Effect.Publish(started), e),
            e => Assert.Equal(new Effect.RunReported(launch.RunId, Over: false), e));

        var task = engine.Task("t");
        Assert.Equal((TaskState.Active, WorkerState.Running, 4711, 1L, launch.RunId), (task.State, task.WorkerState, task.CurrentPid, task.Number, task.CurrentRun!.Value));
        Assert.Same(task, engine.Engine.FindByPid(4711));
        Assert.Same(task, engine.Engine.FindByRun(launch.RunId));
        Assert.Equal("/bin/echo", task.Command);
    }

    [Fact]
    public void An_exit_by_itself_leaves_the_task_stopped_with_its_code_and_pid()
    {
        var engine = new EngineHarness();
        var run = engine.Running("t", 42);

        var effects = engine.Exited(run, 7);

        var exited = Assert.IsType<TaskExited>(effects.OfType<Effect.Publish>().Single().Event);
        Assert.Equal((7, null, false), (exited.ExitCode, exited.Signal, exited.Intentional));
        var task = engine.Task("t");
        Assert.Equal((TaskState.Stopped, WorkerState.Exited, 42, 7), (task.State, task.WorkerState, task.CurrentPid, task.LastExitCode));
        Assert.Null(task.CurrentRun);
        Assert.True(engine.Engine.IsIdle);
    }

    [Fact]
    public void A_death_by_signal_is_code_minus_one_and_the_signals_name()
    {
        var engine = new EngineHarness();
        var run = engine.Running("t");

        engine.Exited(run, 137, 9);

        Assert.Equal((-1, "SIGKILL"), (engine.Task("t").LastExitCode, engine.Task("t").LastSignal));
    }

    [Fact]
    public void A_task_without_an_id_gets_a_uuid()
    {
        var engine = new EngineHarness();

        engine.Start();

        Assert.True(Guid.TryParseExact(Assert.Single(engine.Engine.Tasks).TaskId, "D", out _));
    }

    [Fact]
    public void A_start_that_fails_is_answered_once_and_frees_the_id_and_the_name()
    {
        var engine = new EngineHarness();
        var run = engine.Start(new StartRequest { TaskId = "t", Action = "echo", Name = "web" }).OfType<Effect.LaunchRun>().Single().RunId;

        var effects = engine.FailedToStart(run);

        Assert.Equal(
            new EngineReply.Failed("cannot execute /no/such: no such file or directory (ENOENT)"),
            effects.OfType<Effect.Reply>().Single().Answer);
        Assert.Equal("t", effects.OfType<Effect.TaskForgotten>().Single().TaskId);
        Assert.Null(engine.Engine.Find("t"));
        Assert.Empty(engine.Engine.Tasks);
        Assert.Null(engine.Engine.FindByRun(run));
        Assert.Empty(engine.FailedToStart(run));
        engine.Start(new StartRequest { TaskId = "t", Action = "echo", Name = "web" });
        Assert.Equal(2, engine.Task("t").Number);
    }

    [Fact]
    public void An_ended_task_starts_again_as_the_same_number_and_journal()
    {
        var engine = new EngineHarness();
        engine.Ended("t", 10, code: 3);
        var before = engine.Task("t");
        engine.Clock.Advance(TimeSpan.FromMinutes(1));

        var launch = engine.Start(new StartRequest { TaskId = "t", Action = "echo", Params = new Dictionary<string, string> { ["p"] = "2" } }).OfType<Effect.LaunchRun>().Single();

        var task = engine.Task("t");
        Assert.Equal((before.Number, before.JournalId, before.CreatedAt, 2), (task.Number, task.JournalId, task.CreatedAt, task.Run));
        Assert.Equal(2, launch.Run);
        Assert.Null(task.LastExitCode);
        Assert.Null(task.CurrentPid);
        Assert.Equal("2", Assert.Single(task.Args!));
        engine.Started(launch.RunId, 11);
        Assert.Null(engine.Engine.FindByPid(10));
        Assert.Equal("t", engine.Engine.FindByPid(11)!.TaskId);
    }

    [Fact]
    public void A_failed_second_start_leaves_the_task_as_it_was()
    {
        var engine = new EngineHarness();
        engine.Ended("t", 10, code: 3);
        var before = engine.Task("t");

        var run = engine.Start(new StartRequest { TaskId = "t", Action = "echo", Name = "new" }).OfType<Effect.LaunchRun>().Single().RunId;
        var effects = engine.FailedToStart(run);

        Assert.Same(before, engine.Task("t"));
        Assert.Same(before, engine.Engine.FindByPid(10));
        Assert.Empty(effects.OfType<Effect.TaskForgotten>());
        Assert.Same(before, effects.OfType<Effect.StatusChanged>().Single().Status);
        Assert.Single(engine.Start(new StartRequest { TaskId = "u", Action = "echo", Name = "new" }).OfType<Effect.LaunchRun>());
    }

    [Fact]
    public void A_task_that_runs_or_starts_cannot_be_started()
    {
        var engine = new EngineHarness();
        var run = engine.Start("t").OfType<Effect.LaunchRun>().Single().RunId;

        Assert.Equal("task already running or starting", EngineHarness.Refusal(engine.Start("t")).Message);
        engine.Started(run);
        Assert.Equal("task already running or starting", EngineHarness.Refusal(engine.Start("t")).Message);
        engine.Stop("t");
        Assert.Equal("task already running or starting", EngineHarness.Refusal(engine.Start("t")).Message);
    }

    [Fact]
    public void Refusals_have_the_words_that_clients_match()
    {
        var required = new FakeAction { Parameters = new Dictionary<string, ParameterSpec?> { ["r"] = null } };
        var engine = new EngineHarness(null, new ActionEntry(new ActionDefinition { Name = "req", Type = "exec" }, required));

        Assert.Equal("action is required", EngineHarness.Refusal(engine.Start("t", "")).Message);
        Assert.Equal("unknown action: \"x\"", EngineHarness.Refusal(engine.Start("t", "x")).Message);
        Assert.Equal("unknown action: \"x\\\"\\n\"", EngineHarness.Refusal(engine.Start("t", "x\"\n")).Message);
        Assert.Equal("validation error: exec: required parameter \"r\" is missing", EngineHarness.Refusal(engine.Start("t", "req")).Message);
        Assert.Empty(engine.Engine.Tasks);

        var empty = new TaskEngine(ActionCatalog.Empty, new EngineOptions(), engine.Clock, Guid.NewGuid, () => 0);
        var effects = new List<Effect>();
        empty.Apply(new EngineCommand.StartTask(EngineHarness.Client, new StartRequest { Action = "x" }), effects);
        Assert.Equal("no actions configured", EngineHarness.Refusal(effects).Message);
    }

    [Theory]
    [InlineData("", "task_id must not be empty")]
    [InlineData("a\nb", "task_id: control characters are not allowed (position 2)")]
    [InlineData("a\u0085", "task_id: control characters are not allowed (position 2)")]
    public void A_bad_task_id_is_refused(string id, string message) => Assert.Equal(message, EngineHarness.Refusal(new EngineHarness().Start(id)).Message);

    [Fact]
    public void Half_a_surrogate_pair_is_no_task_id()
    {
        Assert.Equal("task_id: half of a surrogate pair (position 2)", EngineHarness.Refusal(new EngineHarness().Start("a\ud800")).Message);
        Assert.Single(new EngineHarness().Start("a\ud83d\ude00").OfType<Effect.LaunchRun>());
    }

    [Fact]
    public void A_task_id_has_at_most_256_bytes()
    {
        var engine = new EngineHarness();

        Assert.Single(engine.Start(new string('ä', 128)).OfType<Effect.LaunchRun>());
        Assert.Equal("task_id: at most 256 bytes are allowed", EngineHarness.Refusal(engine.Start(new string('ä', 128) + "x")).Message);
    }

    [Fact]
    public void A_driver_that_throws_anything_refuses_its_own_start_only()
    {
        var broken = new FakeAction { Planner = _ => throw new InvalidOperationException("oops") };
        var late = new FakeAction { Planner = _ => throw PlanException.Unstartable("cannot execute nope: no such file in PATH (ENOENT)") };
        var engine = new EngineHarness(
            null,
            new ActionEntry(new ActionDefinition { Name = "broken", Type = "mine" }, broken),
            new ActionEntry(new ActionDefinition { Name = "late", Type = "exec" }, late));

        Assert.Equal("action \"broken\": its driver failed: oops", EngineHarness.Refusal(engine.Start("t", "broken")).Message);
        Assert.Equal("cannot execute nope: no such file in PATH (ENOENT)", EngineHarness.Refusal(engine.Start("t", "late")).Message);
        Assert.True(engine.Engine.IsIdle);
    }

    [Fact]
    public void The_requests_retry_policy_lies_over_the_actions_over_the_global_one()
    {
        var action = new ActionDefinition { Name = "a", Type = "exec", Retry = new RetryPolicy { ErrorThreshold = 2, RestartDelay = TimeSpan.FromSeconds(2) } };
        var engine = new EngineHarness(new EngineOptions { Retry = new RetryPolicy { ErrorThreshold = 3, ErrorWindow = TimeSpan.FromSeconds(3) } }, new ActionEntry(action, new FakeAction()));

        engine.Start(new StartRequest { TaskId = "t", Action = "a", RetryPolicy = new RetryPolicy { RestartDelay = TimeSpan.FromSeconds(1) } });

        Assert.Equal(
            new RetryPolicy { RestartDelay = TimeSpan.FromSeconds(1), ErrorThreshold = 2, ErrorWindow = TimeSpan.FromSeconds(3) },
            engine.Task("t").RetryPolicy);
    }
}
