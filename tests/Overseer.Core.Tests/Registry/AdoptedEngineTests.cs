using Overseer.Core.Registry;
using Overseer.Core.Tasks;
using Overseer.Core.Tests.Tasks;
using TaskStatus = Overseer.Core.Tasks.TaskStatus;

namespace Overseer.Core.Tests.Registry;

public sealed class AdoptedEngineTests
{
    private readonly EngineHarness _engine = new(new EngineOptions { BootId = AdoptedHarness.Boot, MaxAdopted = 3 });

    [Fact]
    public void An_adopted_process_is_a_task_like_others()
    {
        _engine.Running("own", 1);
        var effects = _engine.Adopt(42, name: "db", tags: [" x ", "", "y", "x"], groups: ["g"]);

        var task = Assert.IsType<EngineReply.Adopted>(AdoptedHarness.Answer(effects)).Task;
        Assert.Equal((2, "db", TaskOrigin.Adopted, "adopt", 42), (task.Number, task.Name, task.Origin, task.Action, task.CurrentPid));
        Assert.Equal((TaskState.Active, TaskPhase.Running, WorkerState.Running, "sleep 42"), (task.State, task.Phase, task.WorkerState, task.Command));
        Assert.Equal(["x", "y"], task.Tags);
        Assert.Equal([typeof(Effect.WatchProcess), typeof(Effect.StatusChanged), typeof(Effect.Reply), typeof(Effect.Publish)], effects.Select(effect => effect.GetType()));
        Assert.Equal([1, 2], _engine.Engine.Tasks.Select(one => one.Number));
        Assert.Same(task, _engine.Engine.FindByPid(42));
        Assert.Same(task, _engine.Engine.Find(task.TaskId));
        Assert.Equal([task], _engine.Engine.List(new TaskFilter { Name = "db" }));
        Assert.False(_engine.Engine.IsIdle);
        _engine.Stop("own");
        Assert.Equal(TaskPhase.Running, _engine.Task(task.TaskId).Phase);
    }

    [Fact]
    public void A_server_does_not_wait_for_adopted_processes_to_end_nor_end_them()
    {
        _engine.Adopt(42);
        Assert.Empty(_engine.Apply(new EngineCommand.StopAll()));
        Assert.True(_engine.Engine.IsIdle);
        Assert.Equal(TaskPhase.Running, _engine.Engine.FindByPid(42)!.Phase);
        Assert.Equal("the server is shutting down", Assert.IsType<EngineReply.Failed>(AdoptedHarness.Answer(_engine.Adopt(43))).Message);
    }

    [Fact]
    public void A_process_is_adopted_once_as_long_as_it_lives()
    {
        _engine.Running("own", 7);
        var first = AdoptedHarness.Task(_engine.Adopt(42));
        Assert.Equal(first, Assert.IsType<EngineReply.AlreadyKnown>(AdoptedHarness.Answer(_engine.Adopt(42))).Task);
        var own = Assert.IsType<EngineReply.AlreadyKnown>(AdoptedHarness.Answer(_engine.Adopt(7, startTime: 49))).Task;
        Assert.Equal("own", own.TaskId);

        // The numbers are the same, the processes are not.
        var again = AdoptedHarness.Task(_engine.Adopt(42, startTime: 9));
        Assert.Equal(3, again.Number);
        _engine.Died(2, 42);
        Assert.Same(_engine.Engine.Find(again.TaskId), _engine.Engine.FindByPid(42));
    }

    [Fact]
    public void Checks_come_in_the_order_of_the_original_name_form_then_pid_then_name_taken()
    {
        _engine.Adopt(42, name: "taken");
        _engine.Adopt(43);
        Assert.Equal("name \"a b\" contains invalid character ' ' (allowed: letters, digits, '.', '-', '_')", Refusal(_engine.Adopt(42, name: "a b")));
        Assert.IsType<EngineReply.AlreadyKnown>(AdoptedHarness.Answer(_engine.Adopt(43, name: "taken")));
        Assert.Equal("name \"taken\" is already in use", Refusal(_engine.Adopt(44, name: "taken")));
        Assert.Equal("tags: control characters are not allowed (position 2)", Refusal(_engine.Adopt(44, tags: ["a\u0001"])));
        Assert.Equal(2, _engine.Engine.Count);
    }

    [Fact]
    public void Names_are_unique_over_all_tasks_and_ids_too()
    {
        _engine.Start(new StartRequest { Action = "echo", TaskId = "own", Name = "one" });
        Assert.Equal("name \"one\" is already in use", Refusal(_engine.Adopt(42, name: "one")));
        var adopted = AdoptedHarness.Task(_engine.Adopt(42, name: "two"));
        Assert.Equal($"name \"two\" is already used by task {adopted.TaskId}", EngineHarness.Refusal(_engine.Start(new StartRequest { Action = "echo", Name = "two" })).Message);
        Assert.Equal("task_id is that of an adopted process", EngineHarness.Refusal(_engine.Start(adopted.TaskId)).Message);
    }

    [Fact]
    public void The_first_dead_one_is_forgotten_for_a_new_one_and_living_ones_never()
    {
        foreach (var pid in (int[])[41, 42, 43]) _engine.Adopt(pid);
        Assert.Equal("too many adopted processes: all 3 that may be known live (limit max_adopted)", Refusal(_engine.Adopt(44)));
        _engine.Died(2, 42);
        _engine.Died(1, 41);

        var effects = _engine.Adopt(44);

        Assert.Equal(2, Assert.Single(effects.OfType<Effect.AdoptedForgotten>()).Number);
        Assert.Equal([1, 3, 4], _engine.Engine.Tasks.Select(task => task.Number));
        Assert.Null(_engine.Engine.FindByPid(42));
    }

    [Fact]
    public void Adopted_ones_do_not_count_as_tasks_that_run()
    {
        var engine = new EngineHarness(new EngineOptions { MaxTasks = 1 });
        engine.Adopt(42);
        Assert.Single(engine.Start("a").OfType<Effect.LaunchRun>());
    }

    [Fact]
    public void A_long_command_line_is_cut_between_characters()
    {
        var task = AdoptedHarness.Task(_engine.Adopt(42, commandLine: new string('x', AdoptRequest.MaxCommandLine - 1) + "😀"));
        Assert.Equal(new string('x', AdoptRequest.MaxCommandLine - 1), task.Command);
    }

    [Fact]
    public void Removing_leaves_the_process_alone_and_frees_name_and_pid()
    {
        var task = AdoptedHarness.Task(_engine.Adopt(42, name: "n", tags: ["t"]));
        var effects = _engine.Apply(new EngineCommand.RemoveTask(EngineHarness.Client, 1));
        Assert.Equal(task, Assert.IsType<EngineReply.Removed>(AdoptedHarness.Answer(effects)).Task);
        Assert.Equal(new Effect.AdoptedForgotten(task.TaskId, 1), Assert.Single(effects, effect => effect is not Effect.Reply));
        Assert.Empty(_engine.Engine.List(new TaskFilter { Tag = "t" }));
        Assert.Equal("id not found", Refusal(_engine.Apply(new EngineCommand.RemoveTask(EngineHarness.Client, 1))));
        Assert.Equal(2, AdoptedHarness.Task(_engine.Adopt(42, name: "n")).Number);
    }

    [Fact]
    public void A_task_of_ours_is_removed_when_it_has_ended_with_its_journal()
    {
        var run = _engine.Running("own");
        Assert.Equal("task has not ended; stop it first", Refusal(_engine.Apply(new EngineCommand.RemoveTask(EngineHarness.Client, 1))));
        _engine.Exited(run);
        var journal = _engine.Task("own").JournalId;
        Assert.Contains(new Effect.TaskForgotten("own", journal), _engine.Apply(new EngineCommand.RemoveTask(EngineHarness.Client, 1)));
        Assert.Null(_engine.Engine.Find("own"));
    }

    [Fact]
    public void A_reset_forgets_all_that_does_not_run_here_and_numbers_begin_again()
    {
        var run = _engine.Running("own");
        _engine.Ended("ended");
        _engine.Adopt(42, name: "n");
        Assert.Equal(2, Assert.IsType<EngineReply.RegistryReset>(AdoptedHarness.Answer(_engine.Apply(new EngineCommand.ResetRegistry(EngineHarness.Client)))).Count);
        Assert.Equal(["own"], _engine.Engine.Tasks.Select(task => task.TaskId));
        Assert.Equal(2, AdoptedHarness.Task(_engine.Adopt(42, name: "n")).Number);
        _engine.Exited(run);
        _engine.Apply(new EngineCommand.ResetRegistry(EngineHarness.Client));
        Assert.Equal(1, AdoptedHarness.Task(_engine.Adopt(42, name: "n")).Number);
        _engine.Store();
        _engine.Restart(AdoptedHarness.Boot);
        Assert.Equal(["n"], _engine.Engine.Tasks.Select(task => task.Name));
        Assert.Equal(2, AdoptedHarness.Task(_engine.Adopt(43)).Number);
    }

    [Fact]
    public void What_is_said_of_a_process_does_not_concern_whoever_has_its_number_after_a_reset()
    {
        _engine.Adopt(42);
        _engine.Apply(new EngineCommand.ResetRegistry(EngineHarness.Client));
        _engine.Adopt(43);
        Assert.Empty(_engine.Died(1, 42));
        Assert.Equal(TaskPhase.Running, _engine.Engine.FindByPid(43)!.Phase);
    }

    [Fact]
    public void When_the_living_were_last_seen_is_kept_and_never_goes_back()
    {
        _engine.Apply(new EngineCommand.AdoptedSeen(_engine.Clock.GetUtcNow()));
        _engine.Store();
        Assert.Null(_engine.Stored.State.SeenAt);
        _engine.Adopt(42);
        var at = _engine.Clock.GetUtcNow().AddMinutes(1);
        _engine.Apply(new EngineCommand.AdoptedSeen(at));
        _engine.Apply(new EngineCommand.AdoptedSeen(at.AddSeconds(-1)));
        _engine.Store();
        _engine.Restart(AdoptedHarness.Boot);
        Assert.Equal(at, _engine.Engine.AdoptedSeenAt);
    }

    [Fact]
    public void The_next_server_goes_on_with_them_and_watches_those_that_lived()
    {
        _engine.Adopt(42, name: "n", tags: ["t"], groups: ["g"]);
        _engine.Adopt(43);
        _engine.Died(2, 43, code: 3);
        _engine.Store();
        var before = _engine.Engine.Tasks;

        var effects = _engine.Restart(AdoptedHarness.Boot);

        Assert.Equivalent(before, _engine.Engine.Tasks, strict: true);
        Assert.Equal(42, Assert.Single(effects.OfType<Effect.WatchProcess>()).Process.Pid);
        Assert.Equal([1], _engine.Engine.List(new TaskFilter { Tag = "t" }).Select(task => task.Number));
        Assert.IsType<EngineReply.AlreadyKnown>(AdoptedHarness.Answer(_engine.Adopt(42)));
        Assert.Equal(3, AdoptedHarness.Task(_engine.Adopt(43)).Number);
    }

    [Fact]
    public void After_another_boot_of_the_machine_all_are_dead_and_nobody_says_how()
    {
        _engine.Adopt(42);
        var seen = _engine.Clock.GetUtcNow().AddMinutes(1);
        _engine.Apply(new EngineCommand.AdoptedSeen(seen));
        _engine.Store();

        var effects = _engine.Restart(Guid.NewGuid());

        Assert.Empty(effects.OfType<Effect.WatchProcess>());
        var task = Assert.Single(_engine.Engine.Tasks);
        Assert.Equal((TaskPhase.Ended, WorkerState.Exited, null, null), (task.Phase, task.WorkerState, task.LastExitCode, task.LastSignal));
        Assert.Equal(seen, task.LastExitedAt);
    }

    private static string Refusal(List<Effect> effects) => Assert.IsType<EngineReply.Failed>(AdoptedHarness.Answer(effects)).Message;
}
