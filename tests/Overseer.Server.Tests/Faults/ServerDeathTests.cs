using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Faults;

/// <summary>A server is killed, upgraded or restarted; its tasks do not notice, and the next one knows everything.</summary>
public sealed class ServerDeathTests
{
    [Fact]
    public async Task A_task_outlives_a_killed_server_and_its_output_goes_on_without_a_hole()
    {
        await using var site = new Site();
        await site.StartAsync();
        var first = new Fifo(site.PathOf("first"));
        var second = new Fifo(site.PathOf("second"));
        int pid;
        await using (var client = await site.ConnectAsync())
        {
            pid = (await client.StartShellAsync("t", $"echo one; read _ < {first.Path}; echo two; read _ < {second.Path}; echo three; exit 7", ("name", "keeper"), ("tags", new System.Text.Json.Nodes.JsonArray("x")))).Pid;
            Assert.Equal(1, (await client.ExpectAsync("output", "t")).Seq);
        }

        await site.KillServerAsync();
        await first.OpenAsync();
        await site.StartAsync();

        await using var again = await site.ConnectAsync();
        var task = Assert.Single(await again.ListAsync());
        Assert.Equal(("t", "active", "running", (long?)pid, "keeper"), (task.TaskId, task.Text("state"), task.Text("worker_state"), task.Number("current_pid"), task.Text("name")));
        await again.AskAsync("subscribe", ("task_id", "t"), ("from_seq", 2));
        Assert.Equal((2, "two"), Line(await again.ExpectAsync("output", "t")));
        await second.OpenAsync();
        Assert.Equal((3, "three"), Line(await again.ExpectAsync("output", "t")));
        Assert.Equal(7, (await again.ExpectAsync("exited", "t")).ExitCode);
    }

    [Fact]
    public async Task An_exit_while_no_server_was_there_is_reported_with_its_own_time()
    {
        await using var site = new Site();
        await site.StartAsync();
        var go = new Fifo(site.PathOf("go"));
        var life = new Fifo(site.PathOf("life"));
        var gone = life.Gone();
        await using (var client = await site.ConnectAsync())
        {
            await client.StartShellAsync("t", $"exec 9> {life.Path}; read _ < {go.Path}; echo last; exit 5");
        }

        await site.KillServerAsync();
        await go.OpenAsync();
        await gone;
        var after = DateTimeOffset.UtcNow;
        await site.StartAsync();

        await using var again = await site.ConnectAsync();
        await again.AskAsync("subscribe", ("task_id", "t"), ("from_seq", 1));
        Assert.Equal((1, "last"), Line(await again.ExpectAsync("output", "t")));
        var exited = await again.ExpectAsync("exited", "t");
        Assert.Equal((5, false), (exited.ExitCode, exited.Intentional));
        Assert.True(DateTimeOffset.Parse(exited.Text("ts")!, System.Globalization.CultureInfo.InvariantCulture) <= after.AddSeconds(0.5));
        Assert.Equal("stopped", Assert.Single(await again.ListAsync()).Text("state"));
    }

    [Fact]
    public async Task Ended_tasks_their_numbers_and_their_history_are_still_there()
    {
        await using var site = new Site();
        await site.StartAsync();
        await using (var client = await site.ConnectAsync())
        {
            for (var i = 1; i <= 3; i++)
            {
                await client.StartShellAsync($"t{i}", $"echo {i}; exit {i}");
                await client.ExpectAsync("exited", $"t{i}");
            }
        }

        await site.KillServerAsync();
        await site.StartAsync();

        await using var again = await site.ConnectAsync();
        Assert.Equal(["t1 1", "t2 2", "t3 3"], (await again.ListAsync()).Select(task => $"{task.TaskId} {task.Number("last_exit_code")}"));
        await again.SendAsync("replay", ("task_id", "t2"));
        Assert.Equal("2", (await again.ExpectAsync("output", "t2")).Data);
        Assert.Equal(2, (await again.ExpectAsync("exited", "t2")).ExitCode);

        // The same id again: the numbers of lines go on.
        await again.StartShellAsync("t2", "echo more");
        Assert.Equal((2, "more"), Line(await again.ExpectAsync("output", "t2")));
        await again.StartShellAsync("new", "exit 0");
        Assert.Equal(4, (await again.ListAsync()).Single(task => task.TaskId == "new").Number("number"));
    }

    [Fact]
    public async Task A_stop_goes_on_where_the_killed_server_left_it()
    {
        await using var site = new Site();
        await site.StartAsync();
        await using (var client = await site.ConnectAsync())
        {
            await client.StartShellAsync("deaf", "trap '' TERM; echo ready; while :; do sleep 1000; done");
            await client.ExpectAsync("output", "deaf");
            await client.SendAsync("stop", ("task_id", "deaf"), ("grace", "2s"));
            await client.DrainAsync();
        }

        await site.KillServerAsync();
        await site.StartAsync();

        await using var again = await site.ConnectAsync();
        await again.AskAsync("subscribe", ("task_id", "deaf"), ("from_seq", 1));
        var exited = await again.ExpectAsync("exited", "deaf");
        Assert.Equal(("SIGKILL", true), (exited.Signal, exited.Intentional));
    }

    [Fact]
    public async Task A_restart_that_keeps_tasks_is_a_restart_that_nobody_notices()
    {
        await using var site = new Site("shutdown: {tasks: keep}");
        await site.StartAsync();
        var go = new Fifo(site.PathOf("go"));
        int pid;
        await using (var client = await site.ConnectAsync())
        {
            pid = (await client.StartShellAsync("t", $"trap '' TERM; read _ < {go.Path}; echo on; exit 3")).Pid;
        }

        site.Server.Signal("TERM");
        Assert.Equal(0, (await site.Server.EndAsync()).Code);
        await site.StartAsync();

        await using var again = await site.ConnectAsync();
        await again.AskAsync("subscribe", ("task_id", "t"), ("from_seq", 1));
        await go.OpenAsync();
        Assert.Equal("on", (await again.ExpectAsync("output", "t")).Data);
        var exited = await again.ExpectAsync("exited", "t");
        Assert.Equal((pid, 3), (exited.Pid, exited.ExitCode));
    }

    private static (long Seq, string? Data) Line(WireMessage message) => (message.Seq, message.Data);
}
