using Overseer.Core.Drivers;
using Overseer.Core.Tasks;

namespace Overseer.Core.Tests.Tasks;

public sealed class TaskEngineLimitTests
{
    [Fact]
    public void The_oldest_ended_task_is_forgotten_for_a_new_one()
    {
        var engine = new EngineHarness(new EngineOptions { MaxTasks = 3 });
        engine.Running("live", 1);
        var second = engine.Running("second", 2);
        var first = engine.Running("first", 3);
        engine.Exited(first);
        engine.Exited(second);
        var journal = engine.Task("first").JournalId;

        var effects = engine.Start("new");

        Assert.Equal(new Effect.TaskForgotten("first", journal), effects[0]);
        Assert.Equal(["live", "second", "new"], engine.Engine.Tasks.Select(t => t.TaskId));
        Assert.Null(engine.Engine.Find("first"));
        Assert.Null(engine.Engine.FindByPid(3));
    }

    [Fact]
    public void A_start_is_refused_when_all_known_tasks_are_running()
    {
        var engine = new EngineHarness(new EngineOptions { MaxTasks = 2 });
        engine.Running("a", 1);
        var run = engine.Running("b", 2);

        Assert.Equal("too many tasks: all 2 that may be known are running (limit max_tasks)", EngineHarness.Refusal(engine.Start("c")).Message);
        engine.Exited(run);
        Assert.Single(engine.Start("b").OfType<Effect.LaunchRun>());
    }

    [Fact]
    public void A_task_started_again_needs_no_room_and_is_not_forgotten_for_itself()
    {
        var engine = new EngineHarness(new EngineOptions { MaxTasks = 1 });
        engine.Ended("a");

        var effects = engine.Start("a");

        Assert.Empty(effects.OfType<Effect.TaskForgotten>());
        Assert.Equal(2, engine.Task("a").Run);
    }

    [Fact]
    public void A_forgotten_tasks_leftovers_are_swept_first()
    {
        var engine = new EngineHarness(new EngineOptions { MaxTasks = 1 });
        var run = engine.Running("a", 5);
        engine.Stop("a");
        engine.Exited(run);

        var effects = engine.Start("b");

        Assert.Equal([typeof(Effect.CancelTimer), typeof(Effect.SignalRun), typeof(Effect.TaskForgotten)], effects.Take(3).Select(e => e.GetType()));
        Assert.Empty(engine.GraceEnded(run));
        engine.Exited(effects.OfType<Effect.LaunchRun>().Single().RunId);
        Assert.True(engine.Engine.IsIdle);
    }

    [Fact]
    public void Huge_parameters_push_out_ended_tasks_and_are_refused_beside_running_ones()
    {
        var engine = new EngineHarness(new EngineOptions { MaxTaskBytes = 20_000 });
        StartRequest Big(string id) => new() { TaskId = id, Action = "echo", Params = new Dictionary<string, string> { ["x"] = new('x', 8000) } };
        var run = engine.Start(Big("a")).OfType<Effect.LaunchRun>().Single().RunId;

        Assert.StartsWith("the running tasks' parameters", EngineHarness.Refusal(engine.Start(Big("b"))).Message, StringComparison.Ordinal);
        engine.Started(run);
        engine.Exited(run);
        Assert.Single(engine.Start(Big("b")).OfType<Effect.TaskForgotten>());
    }

    [Fact]
    public void Parameters_tags_and_groups_are_bounded()
    {
        var engine = new EngineHarness(new EngineOptions { MaxParameters = 1, MaxLabels = 1 });
        StartRequest request = new() { Action = "echo" };

        Assert.Equal("params: at most 1 are allowed", EngineHarness.Refusal(engine.Start(request with { Params = new Dictionary<string, string> { ["a"] = "", ["b"] = "" } })).Message);
        Assert.Equal("tags: at most 1 are allowed", EngineHarness.Refusal(engine.Start(request with { Tags = ["a", "b"] })).Message);
        Assert.Equal("groups: at most 256 bytes are allowed", EngineHarness.Refusal(engine.Start(request with { Groups = [new string('g', 257)] })).Message);
    }

    [Fact]
    public void Ten_thousand_finished_tasks_stay_within_ten_kilobytes_each()
    {
        var engine = new EngineHarness();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 20_000; i++) engine.Exited(engine.Running($"task-{i}", i));
        var after = GC.GetTotalMemory(forceFullCollection: true);

        Assert.Equal(10_000, engine.Engine.Tasks.Count);
        Assert.InRange((after - before) / 10_000, 0, 10_000);
        GC.KeepAlive(engine);
    }

    [Fact]
    public void Snapshots_are_sorted_by_number_and_may_be_taken_while_the_engine_works()
    {
        var engine = new EngineHarness(new EngineOptions { MaxTasks = 50 });
        engine.Running("stays", 1);
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            var taken = 0;
            do
            {
                var numbers = engine.Engine.Tasks.Select(t => t.Number).ToList();
                Assert.Equal(numbers.Order(), numbers);
                Assert.Contains(1L, numbers);
                Assert.NotNull(engine.Engine.Find("stays"));
                taken++;
            }
            while (!done.IsCancellationRequested);
            return taken;
        })).ToArray();

        for (var i = 0; i < 20_000; i++) engine.Exited(engine.Running($"t{i}", i + 2));
        done.Cancel();

        Assert.All(readers, r => Assert.True(r.GetAwaiter().GetResult() > 0));
    }

    [Fact]
    public void Names_are_unique_and_stay_with_a_task_that_is_started_again()
    {
        var engine = new EngineHarness();
        StartRequest Named(string id, string? name) => new() { TaskId = id, Action = "echo", Name = name };
        var run = engine.Start(Named("a", "web")).OfType<Effect.LaunchRun>().Single().RunId;

        var refusal = EngineHarness.Refusal(engine.Start(Named("b", "web")));
        Assert.Equal(("name \"web\" is already used by task a", "a"), (refusal.Message, refusal.ExistingTaskId));

        engine.Started(run);
        engine.Exited(run);
        EngineHarness.Refusal(engine.Start(Named("b", "web")));
        engine.Start(Named("a", null));
        Assert.Equal("web", engine.Task("a").Name);
    }

    [Fact]
    public void A_renamed_task_frees_its_old_name()
    {
        var engine = new EngineHarness();
        StartRequest Named(string id, string name) => new() { TaskId = id, Action = "echo", Name = name };
        var run = engine.Start(Named("a", "old")).OfType<Effect.LaunchRun>().Single().RunId;
        engine.Started(run);
        engine.Exited(run);

        engine.Start(Named("a", "new"));

        Assert.Single(engine.Start(Named("b", "old")).OfType<Effect.LaunchRun>());
        EngineHarness.Refusal(engine.Start(Named("c", "new")));
    }

    [Theory]
    [InlineData("", "name must not be empty")]
    [InlineData("a b", "name \"a b\": only letters, digits, \".\", \"-\" and \"_\" are allowed")]
    public void A_bad_name_is_refused(string name, string message) =>
        Assert.Equal(message, EngineHarness.Refusal(new EngineHarness().Start(new StartRequest { Action = "echo", Name = name })).Message);

    [Fact]
    public void Tags_of_action_and_request_are_joined_trimmed_and_without_doubles()
    {
        var engine = new EngineHarness(null, new ActionEntry(new ActionDefinition { Name = "a", Type = "exec", Tags = ["x", "y"], Groups = ["g"] }, new FakeAction()));

        engine.Start(new StartRequest { TaskId = "t", Action = "a", Tags = [" y ", "z", " "] });

        Assert.Equal(["x", "y", "z"], engine.Task("t").Tags);
        Assert.Equal(["g"], engine.Task("t").Groups);
    }
}
