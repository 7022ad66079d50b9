using System.Diagnostics;
using Overseer.Hosting;

namespace Overseer.Cli.Tests;

/// <summary><c>overseer wait</c>, and following to the real end, with a real server.</summary>
public sealed class WaitTests : IAsyncLifetime
{
    private const string Configuration = """
        actions:
          say:
            type: exec
            config: {entrypoint: sh, command: ["-c", "echo said; exit [[.code]]"], parameters: {code: "0"}}
          gate:
            type: exec
            config: {entrypoint: sh, command: ["-c", "read _; exit [[.code]]"], stdin: pipe, parameters: {code: "0"}}
          kill:
            type: exec
            config: {entrypoint: sh, command: ["-c", "kill -KILL $$"]}
          fail:
            type: exec
            retry: {restart_delay: 50ms, error_threshold: 3}
            config: {entrypoint: sh, command: ["-c", "echo try; exit [[.code]]"], parameters: {code: "4"}}
          again:
            type: exec
            retry: {restart_delay: 1h}
            config: {entrypoint: sh, command: ["-c", "exit 5"]}
          single:
            type: exec
            task_pool: {size: 1, queue_size: 5}
            config: {entrypoint: sh, command: ["-c", "echo began; read _; exit 6"], stdin: pipe}
        """;

    private LiveServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await LiveServer.StartAsync(Configuration);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Wait_ends_with_the_tasks_code_whether_it_ends_later_or_has_ended()
    {
        await _server.AskAsync("start", "gate", "-p", "code=3", "--task-id", "t");
        using Process wait = _server.Begin("wait", "t");
        await _server.AskAsync("input", "t", "go");

        Assert.Equal(new LiveServer.Result(3, "", ""), await LiveServer.ResultOfAsync(wait));
        Assert.Equal(new LiveServer.Result(3, "", ""), await _server.RunAsync("wait", "t"));
    }

    [Fact]
    public async Task A_signal_is_128_and_its_number_and_an_unknown_task_127()
    {
        await _server.AskAsync("start", "kill", "--task-id", "t");
        Assert.Equal(128 + 9, (await _server.RunAsync("wait", "t")).Code);
        Assert.Equal(ExitCodes.NotFound, (await _server.RunAsync("wait", "t", "nobody")).Code);
    }

    [Fact]
    public async Task Of_several_each_is_printed_and_the_first_code_in_their_order_that_is_not_0_counts()
    {
        await _server.AskAsync("start", "say", "--task-id", "fine");
        await _server.AskAsync("start", "gate", "-p", "code=8", "--task-id", "late");
        using Process wait = _server.Begin("wait", "fine", "late", "early");
        await _server.AskAsync("wait", "fine");
        using Process ordered = _server.Begin("wait", "fine", "late", "fine");
        Assert.Equal("fine 0", await LiveServer.LineOfAsync(ordered));

        // It was asked for a task that was not there.
        Assert.Equal(ExitCodes.NotFound, (await LiveServer.ResultOfAsync(wait)).Code);
        await _server.RunAsync("start", "say", "-p", "code=7", "--task-id", "early", "-f");
        await _server.AskAsync("input", "late", "go");

        Assert.Equal(new LiveServer.Result(8, "late 8\n", ""), await LiveServer.ResultOfAsync(ordered));
        LiveServer.Result all = await _server.RunAsync("wait", "fine", "late", "early");
        Assert.Equal(8, all.Code);
        Assert.Equal(["early 7", "fine 0", "late 8"], all.Out.TrimEnd('\n').Split('\n').Order(StringComparer.Ordinal));
        Assert.Equal(7, (await _server.RunAsync("wait", "early", "late")).Code);
    }

    [Fact]
    public async Task A_task_that_is_restarted_has_not_ended_until_it_is_given_up()
    {
        await _server.AskAsync("start", "fail", "--task-id", "t");
        LiveServer.Result wait = await _server.RunAsync("wait", "t");
        Assert.Equal((4, ""), (wait.Code, wait.Out));
        Assert.Contains("given up", wait.Error, StringComparison.Ordinal);
        Assert.Equal("try\ntry\ntry\n", await _server.AskAsync("logs", "t"));

        // Code 0 is restarted too, and giving up is no success.
        await _server.AskAsync("start", "fail", "-p", "code=0", "--task-id", "u");
        Assert.Equal(ExitCodes.Refused, (await _server.RunAsync("wait", "u")).Code);
    }

    [Fact]
    public async Task A_restart_that_somebody_stops_ends_it_with_the_last_code()
    {
        await _server.AskAsync("start", "again", "--task-id", "t");
        Assert.Equal(ExitCodes.TimedOut, (await _server.RunAsync("wait", "t", "--timeout", "300ms")).Code);
        using Process wait = _server.Begin("wait", "t");
        using Process follow = _server.Begin("logs", "t", "-f");
        await _server.AskAsync("stop", "t");

        Assert.Equal(5, (await LiveServer.ResultOfAsync(wait)).Code);
        Assert.Equal(5, (await LiveServer.ResultOfAsync(follow)).Code);
    }

    [Fact]
    public async Task A_task_that_leaves_its_queue_unstarted_is_125()
    {
        await _server.AskAsync("start", "single", "--task-id", "first");
        await _server.AskAsync("start", "single", "--task-id", "second");
        using Process follow = _server.Begin("start", "single", "--task-id", "third", "-f");
        Assert.Contains("third is queued at position 2", await follow.StandardError.ReadLineAsync().WaitAsync(LiveServer.Deadline), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.TimedOut, (await _server.RunAsync("wait", "second", "--timeout", "200ms")).Code);

        Assert.Equal("2\n", await _server.AskAsync("purge", "single"));

        LiveServer.Result third = await LiveServer.ResultOfAsync(follow);
        Assert.Equal((ExitCodes.Refused, ""), (third.Code, third.Out));
        Assert.Contains("purged", third.Error, StringComparison.Ordinal);
        await _server.AskAsync("input", "first", "--eof");
        Assert.Equal(6, (await _server.RunAsync("wait", "first")).Code);
    }

    [Fact]
    public async Task A_queued_start_with_follow_waits_for_its_turn_and_ends_with_the_code()
    {
        await _server.AskAsync("start", "single", "--task-id", "first");
        using Process follow = _server.Begin("start", "single", "--task-id", "second", "-f");
        Assert.Contains("queued at position 1", await follow.StandardError.ReadLineAsync().WaitAsync(LiveServer.Deadline), StringComparison.Ordinal);
        await _server.AskAsync("input", "first", "go");
        Assert.Equal("began", await LiveServer.LineOfAsync(follow));
        await _server.AskAsync("input", "second", "go");
        Assert.Equal(6, (await LiveServer.ResultOfAsync(follow)).Code);
    }

    [Fact]
    public async Task Wait_and_follow_survive_a_killed_server()
    {
        await _server.AskAsync("start", "gate", "-p", "code=9", "--task-id", "t");
        await _server.AskAsync("start", "say", "--task-id", "done");
        using Process wait = _server.Begin("wait", "done", "t");
        Assert.Equal("done 0", await LiveServer.LineOfAsync(wait));
        await _server.AskAsync("start", "single", "--task-id", "s");
        using Process follow = _server.Begin("logs", "s", "-f");
        Assert.Equal("began", await LiveServer.LineOfAsync(follow));

        await _server.KillAsync();
        await _server.StartAgainAsync();
        await _server.AskAsync("input", "t", "go");
        await _server.AskAsync("input", "s", "go");

        LiveServer.Result end = await LiveServer.ResultOfAsync(wait);
        Assert.Equal((9, "t 9\n"), (end.Code, end.Out));
        Assert.Equal(6, (await LiveServer.ResultOfAsync(follow)).Code);
    }

    [Fact]
    public async Task Reset_task_starts_what_was_given_up_and_nothing_else()
    {
        await _server.AskAsync("start", "fail", "--task-id", "t");
        Assert.Equal(4, (await _server.RunAsync("wait", "t")).Code);

        Assert.Equal("t\n", await _server.AskAsync("reset-task", "t"));
        Assert.Equal(4, (await _server.RunAsync("wait", "t")).Code);
        Assert.Equal(6, (await _server.AskAsync("logs", "t")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);

        await _server.AskAsync("start", "say", "--task-id", "u", "-f");
        LiveServer.Result refused = await _server.RunAsync("reset-task", "u");
        Assert.Equal((ExitCodes.Refused, "", "overseer: u: task is not in errored state\n"), (refused.Code, refused.Out, refused.Error));
    }

    [Fact]
    public async Task Retry_options_are_laid_over_the_action()
    {
        LiveServer.Result run = await _server.RunAsync("start", "say", "-p", "code=2", "--task-id", "t", "-f", "--retry-delay", "10ms", "--retry-threshold", "2", "--retry-on", "failure");
        Assert.Equal((2, "said\nsaid\n"), (run.Code, run.Out));
        Assert.Contains("\"retry_policy\":{\"restart_delay\":\"10ms\",\"error_threshold\":2,\"restart_on\":\"failure\"}", await _server.AskAsync("ps", "--json"), StringComparison.Ordinal);
    }
}
