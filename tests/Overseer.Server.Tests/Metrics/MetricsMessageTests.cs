using System.Text.Json;
using Overseer.Server.Tests.Faults;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Metrics;

/// <summary>What `metrics` answers.</summary>
public sealed class MetricsMessageTests
{
    private const string Actions = RunningServer.Shell + """
          idle:
            type: exec
            config: {entrypoint: "true"}
          loop:
            type: exec
            retry: {restart_delay: 1ms, error_window: 1m, error_threshold: 3}
            config: {entrypoint: sh, command: ["-c", "echo a; echo b; exit 4"]}
        """;

    [Fact]
    public async Task What_is_idle_has_zeros_and_what_is_not_known_an_error()
    {
        await using var server = await RunningServer.StartAsync(Actions);
        await using var client = await server.ConnectAsync();

        Assert.Equal(
            """{"tasks_started":0,"tasks_completed":0,"tasks_errored":0,"tasks_restarted":0,"total_output_lines":0,"enqueued":0,"dequeued":0,"displaced":0,"expired":0}""",
            Only("global", await client.AskAsync("metrics")).GetRawText());
        Assert.Equal(
            """{"tasks_started":0,"tasks_completed":0,"tasks_errored":0,"tasks_restarted":0,"total_output_lines":0}""",
            Only("action", await client.AskAsync("metrics", ("action", "idle"))).GetRawText());
        Assert.Equal("unknown action: \"x\"", (await client.AskAsync("metrics", ("action", "x"))).Message);
        Assert.Equal("task not found", (await client.AskAsync("metrics", ("task_id", "x"))).Message);
        Assert.Equal("task not found", (await client.AskAsync("metrics", ("action", "idle"), ("task_id", "x"))).Message);
    }

    [Fact]
    public async Task Global_is_the_sum_of_all_actions()
    {
        await using var server = await RunningServer.StartAsync(Actions);
        await using var client = await server.ConnectAsync();
        await client.StartShellAsync("a", "echo 1; echo 2; exit 1");
        await client.ExpectAsync("exited", "a");
        await client.AskAsync("start", ("action", "idle"), ("task_id", "b"));
        await client.ExpectAsync("exited", "b");
        await client.AskAsync("start", ("action", "loop"), ("task_id", "c"));
        await client.ExpectAsync("errored", "c");

        var global = Only("global", await client.AskAsync("metrics"));
        var parts = new List<JsonElement>();
        foreach (var action in (string[])["sh", "idle", "loop"])
        {
            parts.Add(Only("action", await client.AskAsync("metrics", ("action", action))));
        }

        foreach (var field in parts[0].EnumerateObject())
        {
            Assert.Equal(parts.Sum(part => part.GetProperty(field.Name).GetInt64()), global.GetProperty(field.Name).GetInt64());
        }

        Assert.Equal((1, 1, 2), (Number(parts[0], "tasks_started"), Number(parts[0], "tasks_completed"), Number(parts[0], "total_output_lines")));
        Assert.Equal((1, 1), (Number(global, "tasks_errored"), Number(parts[2], "tasks_errored")));
        Assert.Equal(Number(parts[2], "tasks_started") - 1, Number(global, "tasks_restarted"));
    }

    [Fact]
    public async Task A_task_that_was_given_up_has_its_whole_life()
    {
        await using var server = await RunningServer.StartAsync(Actions);
        await using var client = await server.ConnectAsync();
        await client.AskAsync("start", ("action", "loop"), ("task_id", "l"));
        await client.ExpectAsync("errored", "l");
        var runs = Number(Only("action", await client.AskAsync("metrics", ("action", "loop"))), "tasks_started");

        var task = Only("task", await client.AskAsync("metrics", ("action", "sh"), ("task_id", "l")));

        Assert.Equal((2 * runs, runs - 1, 4), (Number(task, "output_lines"), Number(task, "restart_count"), Number(task, "last_exit_code")));
        Assert.InRange(Number(task, "runtime_ms"), 0, 30_000);

        // It ran and runs no more.
        Assert.Equal(task.GetRawText(), Only("task", await client.AskAsync("metrics", ("task_id", "l"))).GetRawText());
    }

    [Fact]
    public async Task Runtime_is_that_of_all_runs_and_goes_on_while_one_is_under_way()
    {
        await using var server = await RunningServer.StartAsync(Actions);
        await using var client = await server.ConnectAsync();
        await client.StartShellAsync("t", "sleep 0.3");
        Assert.False(Only("task", await client.AskAsync("metrics", ("task_id", "t"))).TryGetProperty("last_exit_code", out _));
        await client.ExpectAsync("exited", "t");
        var once = Number(Only("task", await client.AskAsync("metrics", ("task_id", "t"))), "runtime_ms");
        Assert.InRange(once, 290, 20_000);

        await client.StartShellAsync("t", "sleep 0.3; echo now; exec sleep 1000");
        await client.ExpectAsync("output", "t");
        Assert.InRange(Number(Only("task", await client.AskAsync("metrics", ("task_id", "t"))), "runtime_ms"), once + 290, 40_000);

        await client.SendAsync("stop", ("task_id", "t"), ("grace", "0s"));
        await client.ExpectAsync("exited", "t");
        var ended = Only("task", await client.AskAsync("metrics", ("task_id", "t")));
        Assert.Equal((-1, 1), (Number(ended, "last_exit_code"), Number(ended, "output_lines")));
    }

    [Fact]
    public async Task Counters_begin_anew_with_the_server_and_a_tasks_life_does_not()
    {
        await using var site = new Site();
        await site.StartAsync();
        await using (var client = await site.ConnectAsync())
        {
            await client.StartShellAsync("ended", "echo 1; echo 2; sleep 0.2; exit 5");
            await client.ExpectAsync("exited", "ended");
            await client.StartShellAsync("runs", "sleep 0.2; echo ready; exec sleep 1000");
            await client.ExpectAsync("output", "runs");
        }

        await site.KillServerAsync();
        await site.StartAsync();
        await using var again = await site.ConnectAsync();

        Assert.Equal(
            (0, 0),
            (Number(Only("global", await again.AskAsync("metrics")), "tasks_started"), Number(Only("action", await again.AskAsync("metrics", ("action", "sh"))), "tasks_completed")));
        var ended = Only("task", await again.AskAsync("metrics", ("task_id", "ended")));
        Assert.Equal((2, 5), (Number(ended, "output_lines"), Number(ended, "last_exit_code")));
        Assert.InRange(Number(ended, "runtime_ms"), 190, 20_000);
        var runs = Only("task", await again.AskAsync("metrics", ("task_id", "runs")));
        Assert.Equal(1, Number(runs, "output_lines"));
        Assert.InRange(Number(runs, "runtime_ms"), 190, 60_000);

        // What it prints from now on is counted for its action.
        await again.StartShellAsync("ended", "echo 3; exit 0");
        await again.ExpectAsync("exited", "ended");
        Assert.Equal(1, Number(Only("global", await again.AskAsync("metrics")), "total_output_lines"));
        Assert.Equal(3, Number(Only("task", await again.AskAsync("metrics", ("task_id", "ended"))), "output_lines"));
    }

    private static JsonElement Only(string kind, WireMessage answer)
    {
        Assert.Equal("metrics", answer.Type);
        var found = ((string[])["global", "action", "task"]).Where(name => answer.Json.TryGetProperty(name, out _));
        Assert.Equal([kind], found);
        return answer.Json.GetProperty(kind);
    }

    private static long Number(JsonElement metrics, string field) => metrics.GetProperty(field).GetInt64();
}
