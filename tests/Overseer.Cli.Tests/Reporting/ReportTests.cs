using System.Text.Json;

namespace Overseer.Cli.Tests.Reporting;

/// <summary><c>overseer report</c> as a process, before a hub that a test holds in its hands.</summary>
public sealed class ReportTests : IDisposable
{
    private readonly string _spool = Directory.CreateTempSubdirectory("overseer-report-").FullName;

    public void Dispose() => Directory.Delete(_spool, recursive: true);

    [Fact]
    public async Task A_command_is_reported_from_its_start_to_its_exit_code()
    {
        await using var hub = new TestHub();
        using var report = ReportProcess.Begin(hub.Address, _spool, "--", "sh", "-c", "echo out; echo err >&2; printf rest; exit 3");

        var (code, output, error) = await report.EndAsync();
        List<JsonElement> told = await hub.UntilAsync("complete");

        Assert.Equal((3, "out\nrest", "err\n"), (code, output, error));
        Assert.Equal(["status starting", "status running"], told.Take(2).Select(Short));
        Assert.Equal(["log error err", "log info out", "log info rest"], told.Where(one => Type(one) == "log").Select(Short).Order(StringComparer.Ordinal));
        Assert.Equal("complete 3 exit code 3", Short(told[^1]));
        Assert.InRange(told[^1].GetProperty("data").GetProperty("duration").GetInt64(), 0, 60_000);
        Assert.All(told, one => Assert.Equal("box", one.GetProperty("containerID").GetString()));
        Assert.Empty(Directory.GetFileSystemEntries(_spool));
    }

    [Fact]
    public async Task The_token_goes_to_the_hub_and_nowhere_else()
    {
        await using var hub = new TestHub();
        using var report = ReportProcess.Begin(hub.Address, _spool, "--", "sh", "-c", "env; nothing-of-that-name");

        var (code, output, error) = await report.EndAsync();

        Assert.Equal(127, code);
        Assert.Contains($"Authorization: Bearer {ReportProcess.Token}\r\n", Assert.Single(hub.Heads), StringComparison.Ordinal);
        Assert.DoesNotContain(ReportProcess.Token, output + error + string.Concat(hub.Texts), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_started_is_reported_and_ends_with_a_shells_code()
    {
        await using var hub = new TestHub();
        using var missing = ReportProcess.Begin(hub.Address, _spool, "--", "nothing-of-that-name", "secret");

        Assert.Equal(127, (await missing.EndAsync()).Code);
        List<JsonElement> told = await hub.UntilAsync("complete");
        Assert.Equal(["status starting", "status failed", "complete 127 the command cannot be started"], told.Select(Short));
        Assert.DoesNotContain("secret", string.Concat(hub.Texts), StringComparison.Ordinal);

        using var directory = ReportProcess.Begin(hub.Address, _spool, "--", "/");
        Assert.Equal(126, (await directory.EndAsync()).Code);
    }

    [Fact]
    public async Task Signals_are_the_commands_own()
    {
        await using var hub = new TestHub();
        using var report = ReportProcess.Begin(hub.Address, _spool, "--", "sh", "-c", "trap 'echo got; exit 5' TERM; echo ready; while :; do sleep 0.05; done");
        Assert.Equal("ready", await report.Out.ReadLineAsync().WaitAsync(TestHub.Deadline));

        report.Signal("TERM");

        Assert.Equal((5, "got\n"), (await report.EndAsync()) is var (code, output, _) ? (code, output) : default);
        Assert.Equal("complete 5 exit code 5", Short((await hub.UntilAsync("complete"))[^1]));
    }

    [Fact]
    public async Task A_stop_from_the_hub_is_SIGTERM_and_then_SIGKILL_for_all_that_was_started()
    {
        await using var hub = new TestHub();
        using var report = ReportProcess.Begin(hub.Address, _spool, "--grace", "100ms", "--", "sh", "-c", "trap 'echo no' TERM; sleep 1000 & echo $!; while :; do sleep 0.05; done");
        int sleeper = int.Parse((await report.Out.ReadLineAsync().WaitAsync(TestHub.Deadline))!);
        while (Type(await hub.NextAsync()) != "log")
        {
        }

        await hub.SendAsync("""{"type":"COMMAND","containerID":"box","timestamp":"2026-01-31T12:00:00Z","data":{"command":"dance"}}""");
        Assert.Equal("error unknown command: dance; the reporter knows stop UNKNOWN_COMMAND", Short((await hub.UntilAsync("error"))[^1]));
        await hub.SendAsync("""{"type":"command","containerID":"box","data":{"command":"stop"}}""");

        Assert.Equal(128 + 9, (await report.EndAsync()).Code);
        Assert.Equal("complete 137 ended by SIGKILL", Short((await hub.UntilAsync("complete"))[^1]));
        Assert.False(Directory.Exists($"/proc/{sleeper}") && !File.ReadAllText($"/proc/{sleeper}/stat").Contains(") Z ", StringComparison.Ordinal), "what it started lives on");
    }

    [Fact]
    public async Task A_hub_that_is_away_costs_the_command_nothing_and_gets_everything_later()
    {
        var gone = new TestHub();
        await gone.DisposeAsync();
        using (var report = ReportProcess.Begin(gone.Address, _spool, "--drain", "0", "--", "sh", "-c", "echo early; exit 7"))
        {
            var (code, output, error) = await report.EndAsync();
            Assert.Equal((7, "early\n"), (code, output));
            Assert.Contains("the rest is kept", error, StringComparison.Ordinal);
        }

        await using var hub = new TestHub();
        using var next = ReportProcess.Begin(hub.Address, _spool, "--", "echo", "late");
        Assert.Equal(0, (await next.EndAsync()).Code);

        List<JsonElement> told = [.. await hub.UntilAsync("complete"), .. await hub.UntilAsync("complete")];
        Assert.Equal(
            ["status starting", "status running", "log info early", "complete 7 exit code 7", "status starting", "status running", "log info late", "complete 0 exit code 0"],
            told.Select(Short));
        Assert.Empty(Directory.GetFileSystemEntries(_spool));
    }

    [Fact]
    public async Task The_death_of_a_reporter_is_told_by_the_next()
    {
        await using var hub = new TestHub();
        using (var report = ReportProcess.Begin(hub.Address, _spool, "--", "sh", "-c", "echo ready; exec cat"))
        {
            while (Type(await hub.NextAsync()) != "log")
            {
            }
            report.Signal("KILL");
        }

        using var next = ReportProcess.Begin(hub.Address, _spool, "--", "true");
        Assert.Equal(0, (await next.EndAsync()).Code);

        List<JsonElement> told = await hub.UntilAsync("complete");
        Assert.Equal(["status failed", "status starting", "status running", "complete 0 exit code 0"], told.Select(Short));
        Assert.Contains("died", told[0].GetProperty("data").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_who_holds_the_pipe_does_not_hold_the_report()
    {
        await using var hub = new TestHub();
        using var report = ReportProcess.Begin(hub.Address, _spool, "--quiet", "--", "sh", "-c", "echo begun; setsid sleep 1000 & echo $!");

        List<JsonElement> told = await hub.UntilAsync("complete");
        Assert.Equal((0, ""), (await report.EndAsync()) is var (code, output, _) ? (code, output) : default);
        using var sleeper = System.Diagnostics.Process.GetProcessById(int.Parse(told[^2].GetProperty("data").GetProperty("message").GetString()!));
        sleeper.Kill();
    }

    [Fact]
    public async Task Much_output_arrives_whole_over_connections_that_break()
    {
        var random = new Random(11);
        int breaks = 5;
        await using var hub = new TestHub { Break = () => --breaks < 0 ? null : (random.Next(1, 3000), random.Next(2) == 0) };
        using var report = ReportProcess.Begin(hub.Address, _spool, "-q", "--", "seq", "20000");

        Assert.Equal(0, (await report.EndAsync()).Code);

        List<JsonElement> told = await hub.UntilAsync("complete");
        Assert.Equal(Enumerable.Range(1, 20_000).Select(n => $"log info {n}"), told.Where(one => Type(one) == "log").Select(Short));
    }

    [Theory]
    [InlineData("no hub is named", "--", "true")]
    [InlineData("--spool-bytes 5", "--hub", "h:1", "--spool-bytes", "5", "--", "true")]
    [InlineData("--heartbeat soon", "--hub", "h:1", "--heartbeat", "soon", "--", "true")]
    [InlineData("no address of a server", "--hub", "h/ws", "--", "true")]
    [InlineData("--container-id", "--hub", "h:1", "--container-id", "", "--", "true")]
    public async Task Wrong_usage_is_explained(string expected, params string[] arguments)
    {
        CommandRun run = await CommandRun.Run(["report", .. arguments]);

        Assert.Equal(Hosting.ExitCodes.Usage, run.Code);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    private static string Type(JsonElement message) => message.GetProperty("type").GetString()!;

    private static string Short(JsonElement message)
    {
        JsonElement data = message.GetProperty("data");
        return Type(message) switch
        {
            "log" => $"log {data.GetProperty("level")} {data.GetProperty("message")}",
            "status" => $"status {data.GetProperty("status")}",
            "complete" => $"complete {data.GetProperty("exitCode")} {data.GetProperty("message")}",
            "error" => $"error {data.GetProperty("error")} {data.GetProperty("code")}",
            var type => type,
        };
    }
}
