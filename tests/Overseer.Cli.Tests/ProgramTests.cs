using System.Diagnostics;
using Overseer.Hosting;

namespace Overseer.Cli.Tests;

/// <summary>The built program as a user runs it, with a real server.</summary>
public sealed class ProgramTests : IAsyncLifetime
{
    private const string Configuration = """
        actions:
          say:
            type: exec
            config:
              entrypoint: sh
              command: ["-c", "echo out; echo err >&2; exit $1", "say", "[[.code]]"]
              parameters: {code: "0"}
          tick:
            type: exec
            config:
              entrypoint: sh
              command: ["-c", "i=0; while :; do i=$((i+1)); echo $i; sleep 0.05; done"]
          kill:
            type: exec
            config: {entrypoint: sh, command: ["-c", "kill -KILL $$"]}
        """;

    private LiveServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await LiveServer.StartAsync(Configuration);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public async Task Start_and_follow_passes_streams_and_code_through(int code)
    {
        LiveServer.Result result = await RunAsync("start", "say", "-p", $"code={code}", "-f");

        Assert.Equal(new LiveServer.Result(code, "out\n", "err\n"), result);
    }

    [Fact]
    public async Task A_task_killed_by_a_signal_gives_128_and_its_number()
        => Assert.Equal(128 + 9, (await RunAsync("start", "kill", "-f")).Code);

    [Fact]
    public async Task A_task_is_listed_read_late_and_again_and_stopped()
    {
        Assert.Equal(new LiveServer.Result(0, "t1\n", ""), await RunAsync("start", "tick", "--task-id", "t1"));
        await AtLeastAsync("t1", 5);

        Assert.Equal("2\n3\n", string.Concat((await RunAsync("logs", "t1", "--since-seq", "2")).Out.Split('\n').Take(2).Select(line => line + "\n")));
        Assert.Contains("running", (await RunAsync("ps")).Out, StringComparison.Ordinal);
        LiveServer.Result stop = await RunAsync("stop", "t");
        Assert.Equal((0, "overseer: stopped t1 (SIGTERM)\n"), (stop.Code, stop.Error));

        string[] all = (await RunAsync("logs", "t1", "-f")).Out.TrimEnd('\n').Split('\n');
        Assert.Equal(Enumerable.Range(1, all.Length).Select(i => i.ToString()), all);
        Assert.Equal(all[^3..], (await RunAsync("logs", "t1", "-n", "3")).Out.TrimEnd('\n').Split('\n'));
        Assert.Equal(ExitCodes.Refused, (await RunAsync("stop", "t1")).Code);
        Assert.Equal(ExitCodes.NotFound, (await RunAsync("stop", "t2")).Code);
        Assert.Equal(ExitCodes.NotFound, (await RunAsync("start", "nothing")).Code);
    }

    [Fact]
    public async Task Ctrl_C_leaves_the_task_running_and_says_so()
    {
        using Process follow = Begin("start", "tick", "--task-id", "t1", "-f");
        Assert.Equal("1", await follow.StandardOutput.ReadLineAsync().WaitAsync(LiveServer.Deadline));

        LiveServer.Signal(follow, "INT");
        LiveServer.Result left = await LiveServer.ResultOfAsync(follow);

        Assert.Equal(ExitCodes.Ok, left.Code);
        Assert.Contains("task t1 keeps running", left.Error, StringComparison.Ordinal);
        Assert.Contains("overseer logs t1 -f", left.Error, StringComparison.Ordinal);
        Assert.Contains("overseer stop t1", left.Error, StringComparison.Ordinal);
        Assert.Contains("running", (await RunAsync("ps")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_that_goes_ends_logs_quietly()
    {
        await RunAsync("start", "tick", "--task-id", "t1");
        using Process logs = Begin("logs", "t1", "-f");
        Assert.Equal("1", await logs.StandardOutput.ReadLineAsync().WaitAsync(LiveServer.Deadline));

        logs.StandardOutput.Close();

        await logs.WaitForExitAsync().WaitAsync(LiveServer.Deadline);
        Assert.Equal((ExitCodes.Ok, ""), (logs.ExitCode, await logs.StandardError.ReadToEndAsync()));
    }

    [Fact]
    public async Task The_server_is_reached_over_TCP_as_well()
    {
        string address = _server.Ready.Split(' ').Single(word => word.StartsWith("ws://", StringComparison.Ordinal)).TrimEnd(',');

        Assert.Equal(new LiveServer.Result(0, "t1\n", ""), await RunAsync("start", "say", "--task-id", "t1", "--host", address));
        Assert.Equal(new LiveServer.Result(0, "", ""), await RunAsync("wait", "t1", "--host", address));
        Assert.Equal(new LiveServer.Result(0, "t1\n", ""), await RunAsync("ps", "-q", "--host", address));
    }

    [Fact]
    public async Task A_second_server_in_the_same_places_is_refused()
    {
        LiveServer.Result second = await RunAsync("serve", "--config", _server.Configuration);

        Assert.Equal((ExitCodes.CannotStart, ""), (second.Code, second.Out));
        Assert.NotEmpty(second.Error);
    }

    private async Task AtLeastAsync(string task, int lines)
    {
        using Process logs = Begin("logs", task, "-f");
        for (int i = 0; i < lines; i++)
            await LiveServer.LineOfAsync(logs);
        LiveServer.Signal(logs, "INT");
        await logs.WaitForExitAsync().WaitAsync(LiveServer.Deadline);
    }

    private Process Begin(params string[] arguments) => _server.Begin(arguments);

    private Task<LiveServer.Result> RunAsync(params string[] arguments) => _server.RunAsync(arguments);
}
