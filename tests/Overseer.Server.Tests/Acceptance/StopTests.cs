using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Acceptance;

/// <summary>Stopping, and starting again.</summary>
public sealed class StopTests
{
    [Fact]
    public async Task A_stop_kills_what_ignores_it_after_the_grace_time_and_leaves_nothing()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        var life = new Fifo(server.PathOf("life"));
        var gone = life.Gone();

        // Everything inherits the named pipe; the grandchild has left session and group, its parent too, and both are deaf.
        await client.StartShellAsync("tree", $"exec 9> {life.Path}; trap '' TERM; setsid sh -c 'setsid sleep 1000 & echo ready; sleep 1000' & wait");
        await client.ExpectAsync("output", "tree");
        await client.SendAsync("stop", ("task_id", "tree"), ("grace", "200ms"));
        await client.SendAsync("stop", ("task_id", "tree"), ("grace", "1h"));

        var end = await client.UntilAsync("exited", "tree");
        Assert.Single(end);
        Assert.Equal((-1, "SIGKILL", true), (end[0].ExitCode, end[0].Signal, end[0].Intentional));
        await gone;
        Assert.Empty(await client.DrainAsync());
    }

    [Fact]
    public async Task A_root_that_obeys_exits_at_once_and_its_deaf_grandchild_goes_too()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        var life = new Fifo(server.PathOf("life"));
        var gone = life.Gone();

        await client.StartShellAsync(
            "tree",
            $"exec 9> {life.Path}; trap 'echo bye; exit 3' TERM; setsid sh -c 'trap \"\" TERM; setsid sleep 1000 & echo ready; wait' & wait");
        await client.ExpectAsync("output", "tree");
        await client.SendAsync("stop", ("task_id", "tree"), ("grace", "300ms"));

        var end = await client.UntilAsync("exited", "tree");
        Assert.Equal(["bye"], end.SkipLast(1).Select(line => line.Data));
        Assert.Equal((3, (string?)null, true), (end[^1].ExitCode, end[^1].Signal, end[^1].Intentional));
        await gone;
    }

    [Fact]
    public async Task A_stop_by_pid_reaches_the_task()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        var started = await client.StartShellAsync("t", "exec sleep 1000");

        await client.SendAsync("stop", ("pid", started.Pid));

        var exited = await client.ExpectAsync("exited", "t");
        Assert.Equal(("SIGTERM", true), (exited.Signal, exited.Intentional));
    }

    [Fact]
    public async Task A_stop_while_the_task_starts_is_not_lost()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();

        for (var i = 0; i < 20; i++)
        {
            await client.SendAsync($$"""{"type":"start","id":"start","action":"sh","params":{"script":"exec sleep 1000"},"task_id":"t{{i}}"}""");
            await client.SendAsync($$"""{"type":"stop","id":"stop","task_id":"t{{i}}"}""");

            var all = await client.UntilAsync("exited", $"t{i}");
            Assert.Equal(["started", "exited"], all.Select(message => message.Type));
            Assert.Equal(("SIGTERM", true), (all[1].Signal, all[1].Intentional));
        }
    }

    [Fact]
    public async Task Stops_of_tasks_that_do_not_run_are_refused()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        var started = await client.StartShellAsync("t", "exit 0");
        await client.ExpectAsync("exited", "t");

        Assert.Equal("task is not running", (await client.AskAsync("stop", ("task_id", "t"))).Message);
        Assert.Equal("task is not running", (await client.AskAsync("stop", ("pid", started.Pid))).Message);
        Assert.Equal("task not found", (await client.AskAsync("stop", ("task_id", "other"))).Message);
        Assert.Equal("task not found", (await client.AskAsync("stop", ("pid", 1))).Message);
    }

    [Fact]
    public async Task An_id_in_use_is_refused_until_its_task_has_ended()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await using var other = await server.ConnectAsync();
        await client.StartShellAsync("t", "echo one; exec sleep 1000");
        await client.ExpectAsync("output", "t");

        Assert.Equal("task already running or starting", (await other.StartShellAsync("t", "echo two")).Message);
        Assert.Equal("task already running or starting", (await client.StartShellAsync("t", "echo two")).Message);
        await client.SendAsync("stop", ("task_id", "t"));
        await client.ExpectAsync("exited", "t");

        // Whoever was refused is no subscriber; whoever was one before still is.
        var started = await client.StartShellAsync("t", "echo two");
        var life = await client.UntilAsync("exited", "t");
        Assert.Equal([("two", 2L)], life.SkipLast(1).Select(line => (line.Data, line.Seq)));
        Assert.All(life, message => Assert.Equal(started.Pid, message.Pid));
        Assert.Empty(await other.DrainAsync());
    }

    [Fact]
    public async Task Two_starts_at_once_with_one_id_give_one_task()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendAsync("""{"type":"start","id":"a","action":"sh","task_id":"t","params":{"script":"exec sleep 1000"}}""");
        await client.SendAsync("""{"type":"start","id":"b","action":"sh","task_id":"t","params":{"script":"exec sleep 1000"}}""");
        var answers = new[] { await client.ReadAsync(), await client.ReadAsync() };

        Assert.Equal("started", answers.Single(answer => answer.Id == "a").Type);
        Assert.Equal("task already running or starting", answers.Single(answer => answer.Id == "b").Message);
        await client.SendAsync("stop", ("task_id", "t"));
        Assert.Equal("exited", (await client.ReadAsync()).Type);
    }

    [Fact]
    public async Task An_ended_id_starts_again_with_its_number_and_its_seq()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.StartShellAsync("other", "exit 0");
        await client.StartShellAsync("t", "echo 1; echo 2; exit 9");
        await client.ExpectAsync("exited", "t");
        var before = (await client.ListAsync()).Single(task => task.TaskId == "t");

        await client.StartShellAsync("t", "echo 3");
        var life = await client.UntilAsync("exited", "t");
        var after = (await client.ListAsync()).Single(task => task.TaskId == "t");

        Assert.Equal([("3", 3L)], life.SkipLast(1).Select(line => (line.Data, line.Seq)));
        Assert.Equal((2L, 9L, 0L), (before.Number("number"), before.Number("last_exit_code"), before.Number("restart_count")));
        Assert.Equal((2L, 0L, 0L), (after.Number("number"), after.Number("last_exit_code"), after.Number("restart_count")));
        Assert.Equal(before.Text("created_at"), after.Text("created_at"));
        Assert.NotEqual(before.Text("last_started_at"), after.Text("last_started_at"));
    }
}
