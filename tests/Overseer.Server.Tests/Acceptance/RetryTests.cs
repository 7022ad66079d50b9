using System.Text.Json.Nodes;
using Overseer.Server.Tests.Faults;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Acceptance;

/// <summary>Restarts, giving up and resetting, with real processes.</summary>
public sealed class RetryTests
{
    [Fact]
    public async Task A_task_is_restarted_until_its_threshold_and_reset_begins_anew()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        var first = await client.StartShellAsync("t", "echo run; exit 3", ("retry_policy", Policy("20ms", threshold: 3)));

        var events = await client.UntilAsync("errored", "t");

        Assert.Equal(
            ["output", "exited", "restarting", "started", "output", "exited", "restarting", "started", "output", "exited", "errored"],
            events.Select(e => e.Type));
        Assert.Equal([1, 2, 3], events.Where(e => e.Type == "output").Select(e => e.Seq));
        Assert.Equal([1, 2], events.Where(e => e.Type == "restarting").Select(e => (int)e.Number("attempt")!));
        Assert.Equal(["20ms", "20ms"], events.Where(e => e.Type == "restarting").Select(e => e.Text("restart_delay")));
        var starts = events.Where(e => e.Type == "started").ToList();
        Assert.Equal([first.Pid, starts[0].Pid], starts.Select(e => (int)e.Number("restart_of")!));
        Assert.All(starts, e => Assert.Equal("", e.Id));
        Assert.Equal(3, events[^1].Number("exit_count"));
        var task = Assert.Single(await client.ListAsync());
        Assert.Equal(("errored", "exited", 2, 3), (task.Text("state"), task.Text("worker_state"), (int)task.Number("restart_count")!, (int)task.Number("last_exit_code")!));

        var again = await client.AskAsync("reset", ("task_id", "t"));
        Assert.Equal("started", again.Type);
        Assert.Equal(1, (await client.ExpectAsync("restarting", "t")).Number("attempt"));
        await client.ExpectAsync("errored", "t");
        Assert.Equal(4, Assert.Single(await client.ListAsync()).Number("restart_count"));
    }

    [Theory]
    [InlineData("", "task_id must not be empty")]
    [InlineData("nobody", "task not found")]
    [InlineData("well", "task is not in errored state")]
    public async Task Only_a_task_that_was_given_up_is_reset(string taskId, string message)
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.StartShellAsync("well", "exec sleep 1000");
        var answer = await client.AskAsync("reset", ("task_id", taskId));
        Assert.Equal("error", answer.Type);
        if (taskId.Length > 0) Assert.Equal(message, answer.Message);
    }

    [Fact]
    public async Task A_stop_during_the_wait_ends_it()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.StartShellAsync("t", "exit 1", ("retry_policy", Policy("1h")));
        await client.ExpectAsync("restarting", "t");
        Assert.Equal(("active", "exited"), State(Assert.Single(await client.ListAsync())));

        await client.SendAsync("stop", ("task_id", "t"));

        Assert.Equal("stopped", (await client.ExpectAsync("dequeued", "t")).Text("reason"));
        Assert.Equal(("stopped", "exited"), State(Assert.Single(await client.ListAsync())));
    }

    [Fact]
    public async Task A_stop_of_the_process_is_no_reason_for_a_restart()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.StartShellAsync("t", "exec sleep 1000", ("retry_policy", new JsonObject()));
        await client.SendAsync("stop", ("task_id", "t"));
        await client.ExpectAsync("exited", "t");
        Assert.DoesNotContain(await client.DrainAsync(), e => e.Type is "restarting" or "started");
        Assert.Equal(("stopped", "exited"), State(Assert.Single(await client.ListAsync())));
    }

    [Fact]
    public async Task A_program_that_vanishes_is_given_up_with_the_reason()
    {
        await using var server = await RunningServer.StartAsync(place => $$"""
            actions:
              it:
                type: exec
                retry: {restart_delay: 10ms, error_threshold: 4}
                config: {entrypoint: "{{place}}/program"}
            """);
        var program = server.PathOf("program");
        await File.WriteAllTextAsync(program, "#!/bin/sh\nrm \"$0\"\nexit 1\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await using var client = await server.ConnectAsync();
        await client.AskAsync("start", ("action", "it"), ("task_id", "t"));

        var events = await client.UntilAsync("errored", "t");

        Assert.Equal([1, 2, 3], events.Where(e => e.Type == "restarting").Select(e => (int)e.Number("attempt")!));
        Assert.Equal(4, events[^1].Number("exit_count"));
        var task = Assert.Single(await client.ListAsync());
        Assert.Contains(program, task.Text("error_message"), StringComparison.Ordinal);
        Assert.Equal(("errored", 0), (task.Text("state"), (int)task.Number("restart_count")!));
    }

    [Fact]
    public async Task Only_failures_lead_to_a_restart_if_the_policy_says_so()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        var count = server.PathOf("count");
        await client.StartShellAsync("t", $"echo x >> {count}; test $(wc -l < {count}) -ge 3", ("retry_policy", new JsonObject { ["restart_on"] = "failure" }));
        await client.ExpectAsync("exited", e => e.Type == "exited" && e.ExitCode == 0);
        Assert.DoesNotContain(await client.DrainAsync(), e => e.Type is "restarting" or "started");
        Assert.Equal(3, (await File.ReadAllLinesAsync(count)).Length);
    }

    [Fact]
    public async Task A_wait_and_its_history_outlive_the_server()
    {
        await using var site = new Site();
        await site.StartAsync();
        await using (var client = await site.ConnectAsync())
        {
            await client.StartShellAsync("soon", "exit 1", ("retry_policy", Policy("300ms", threshold: 3)));
            await client.StartShellAsync("late", "exit 1", ("retry_policy", Policy("1h", threshold: 3)));
            await client.ExpectAsync("restarting", "late");
        }

        await site.KillServerAsync();
        await site.StartAsync();
        await using var again = await site.ConnectAsync();
        await again.AskAsync("subscribe", ("task_id", "soon"), ("from_seq", 1));
        Assert.Equal(3, (await again.ExpectAsync("errored", "soon")).Number("exit_count"));
        Assert.Equal(("active", "exited"), State((await again.ListAsync()).Single(t => t.TaskId == "late")));
        await again.SendAsync("stop", ("task_id", "late"));
        Assert.Equal("stopped", (await again.ExpectAsync("dequeued", "late")).Text("reason"));
    }

    [Fact]
    public async Task A_task_that_restarts_goes_on_after_the_death_of_the_recorder()
    {
        await using var site = new Site();
        await site.StartAsync();
        await using var client = await site.ConnectAsync();
        await client.StartShellAsync("t", "echo run; sleep 0.02", ("retry_policy", new JsonObject()));
        await client.ExpectAsync("restarting", "t");
        site.KillRecorder();
        var seen = (await client.ExpectAsync("output", "t")).Seq;
        while (seen < 30)
        {
            var next = await client.ExpectAsync("output or gap", e => e.Type is "output" or "gap");
            if (next.Type == "output") seen = next.Seq;
        }

        Assert.Equal(("active", true), (Assert.Single(await client.ListAsync()).Text("state"), seen >= 30));
    }

    private static (string?, string?) State(WireMessage task) => (task.Text("state"), task.Text("worker_state"));

    private static JsonObject Policy(string delay, int threshold = 0) => new() { ["restart_delay"] = delay, ["error_threshold"] = threshold };
}
