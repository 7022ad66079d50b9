using System.Text.Json;
using Overseer.Hosting;

namespace Overseer.Cli.Tests;

/// <summary><c>overseer pool</c>, <c>purge</c>, <c>describe</c>, <c>metrics</c> and <c>input</c> with a real server.</summary>
public sealed class PoolTests : IAsyncLifetime
{
    private const string Configuration = """
        task_pool: {size: 7}
        actions:
          single:
            type: exec
            meta: {description: one at a time}
            task_pool: {size: 1, queue_size: 2, queue_timeout: 1h}
            retry: {restart_delay: 1s, restart_jitter: 250ms, error_window: 1h, error_threshold: 5}
            dedupe_key: [key]
            config:
              entrypoint: sh
              command: ["-c", "read _; exit 0"]
              stdin: pipe
              parameters: {key: , mode: {default: fast, enum: [fast, full], description: how}, token: {secret: true, default: x}}
          cat:
            type: exec
            config: {entrypoint: cat, stdin: pipe}
        """;

    private LiveServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await LiveServer.StartAsync(Configuration);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Pools_show_who_runs_and_who_waits_and_force_displaces_the_oldest()
    {
        foreach (string id in (string[])["a", "b", "c"])
            await _server.AskAsync("start", "single", "--task-id", id, "-p", "key=" + id);
        Assert.Equal(ExitCodes.Refused, (await _server.RunAsync("start", "single", "-p", "key=d")).Code);
        await _server.AskAsync("start", "single", "--task-id", "forced", "-p", "key=d", "--force");

        string[] lines = (await _server.AskAsync("pool", "single")).TrimEnd('\n').Split('\n');
        Assert.Equal(["POOL    LIMIT  RUNNING  WAITING", "single  1      1        2", ""], lines[..3]);
        Assert.Matches("^1 +c +single +[0-9]+s +no$", lines[4]);
        Assert.Matches("^2 +forced +single +[0-9]+s +yes$", lines[5]);

        JsonElement pools = JsonDocument.Parse(await _server.AskAsync("pool", "--all", "--json")).RootElement;
        Assert.Equal([null, "cat", "single"], pools.EnumerateArray().Select(one => one.TryGetProperty("action", out JsonElement action) ? action.GetString() : null));
        Assert.Equal(7, pools[0].GetProperty("pool").GetProperty("limit").GetInt32());
        Assert.Equal(2, pools[2].GetProperty("pool").GetProperty("queue_items").GetArrayLength());
        Assert.Matches(@"(?m)^\(all tasks\) +7 +1 ", await _server.AskAsync("pool", "--all"));

        Assert.Equal("2\n", await _server.AskAsync("purge", "--all"));
        Assert.Equal("0\n", await _server.AskAsync("purge", "single"));
    }

    [Fact]
    public async Task Set_changes_what_is_given_and_what_waits_is_started()
    {
        foreach (string id in (string[])["a", "b"])
            await _server.AskAsync("start", "single", "--task-id", id, "-p", "key=" + id);

        Assert.Matches("(?m)^single +2 +", await _server.AskAsync("pool", "set", "single", "--limit", "2"));
        Assert.Equal("a\nb\n", await _server.AskAsync("ps", "--state", "active", "-q"));
        Assert.Matches("(?m)^single +none +", await _server.AskAsync("pool", "set", "single", "--limit", "0", "--excess", "requeue", "--excess-order", "last", "--grace", "0"));
        Assert.Equal("{\"pool\":{\"limit\":9,\"running\":2,\"queue_depth\":0}}", (await _server.AskAsync("pool", "set", "--limit", "9", "--json")).Trim('\n', '[', ']'));
        Assert.Equal(ExitCodes.NotFound, (await _server.RunAsync("pool", "nothing")).Code);
        Assert.Equal(ExitCodes.NotFound, (await _server.RunAsync("purge", "nothing")).Code);
    }

    [Fact]
    public async Task Describe_says_all_there_is_to_know_about_an_action()
    {
        Assert.Equal(
            """
            single (exec)
              one at a time
              parameters:
                key  required
                mode  how (default "fast"; one of fast, full)
                token  optional; secret
              only once at a time with the same: key
              pool: 1 may run, 2 may wait, for 3600 s at most
              restarts: after any exit, in 1s, plus up to 250ms, given up at 5 exits within 1h0m0s

            """,
            await _server.AskAsync("describe", "single"));
        string all = await _server.AskAsync("describe");
        Assert.StartsWith("cat (exec)\n  pool: any number may run, none waits\n  restarts: none\n\nsingle (exec)\n", all, StringComparison.Ordinal);
        Assert.Equal(await _server.AskAsync("actions", "--json"), await _server.AskAsync("describe", "--json"));
    }

    [Fact]
    public async Task Metrics_are_of_everything_an_action_or_a_task()
    {
        await _server.AskAsync("start", "cat", "--task-id", "t");
        await _server.AskAsync("input", "t", "line", "--eof");
        await _server.AskAsync("wait", "t");

        Assert.Matches("(?m)^tasks_started +1$", await _server.AskAsync("metrics"));
        Assert.Matches("(?m)^tasks_completed +0$", await _server.AskAsync("metrics", "--action", "single"));
        string task = await _server.AskAsync("metrics", "--task", "t");
        Assert.Matches("(?m)^output_lines +1$", task);
        Assert.Matches("(?m)^last_exit_code +0$", task);
        Assert.Equal(1, JsonDocument.Parse(await _server.AskAsync("metrics", "--action", "cat", "--json")).RootElement.GetProperty("total_output_lines").GetInt32());
        Assert.Equal(ExitCodes.NotFound, (await _server.RunAsync("metrics", "--task", "nobody")).Code);
        Assert.Equal(ExitCodes.NotFound, (await _server.RunAsync("metrics", "--action", "nothing")).Code);
    }

    [Fact]
    public async Task Input_sends_a_line_a_text_or_a_stream_larger_than_what_may_wait()
    {
        await _server.AskAsync("start", "cat", "--task-id", "t");
        await _server.AskAsync("input", "t", "größer");
        await _server.AskAsync("input", "t", "-n", "no end ");
        await _server.AskAsync("input", "t", "yet");
        using (System.Diagnostics.Process input = _server.Begin("input", "t", "--eof"))
        {
            for (int i = 0; i < 30_000; i++)
                await input.StandardInput.WriteAsync($"{i} 漢字 and {new string('x', 50)}\n");
            Assert.Equal(new LiveServer.Result(0, "", ""), await LiveServer.ResultOfAsync(input));
        }
        await _server.AskAsync("wait", "t");

        string[] lines = (await _server.AskAsync("logs", "t")).TrimEnd('\n').Split('\n');
        Assert.Equal(["größer", "no end yet"], lines[..2]);
        Assert.Equal(Enumerable.Range(0, 30_000).Select(i => $"{i} 漢字 and {new string('x', 50)}"), lines[2..]);
        LiveServer.Result late = await _server.RunAsync("input", "t", "more");
        Assert.Equal((ExitCodes.Refused, "overseer: task is not running\n"), (late.Code, late.Error));
    }
}
