using System.Diagnostics;
using System.Text.Json;

namespace Overseer.Cli.Tests.Reporting;

/// <summary><c>overseer report</c>, a server with its hub, and the commands that look at sessions: all as a user runs them.</summary>
public sealed class ReportToServerTests : IAsyncLifetime
{
    private LiveServer _server = null!;

    private string Hub => "unix:" + _server.PathOf("run/overseer.sock");

    public async ValueTask InitializeAsync() => _server = await LiveServer.StartAsync("hub: true\n");

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_reported_command_is_a_session_with_lines_and_an_exit_code()
    {
        LiveServer.Result result = await _server.RunAsync("report", "--hub", Hub, "--container-id", "box", "--", "sh", "-c", "echo hello; echo oops >&2; exit 4");

        Assert.Equal((4, "hello\n", "oops\n"), (result.Code, result.Out, result.Error));
        JsonElement session = await AwaitSessionAsync("box", one => !one.GetProperty("open").GetBoolean());
        Assert.Equal((false, "running", 4), (session.GetProperty("connected").GetBoolean(), session.GetProperty("status").GetString(), session.GetProperty("exit_code").GetInt32()));
        Assert.Equal(5, session.GetProperty("messages").GetInt64());
        Assert.Equal("[]\n", await _server.AskAsync("sessions", "--json"));
        LiveServer.Result logs = await _server.RunAsync("logs", "box");
        Assert.Equal("oops\n", logs.Error);
        Assert.Equal(["status: starting", "hello"], logs.Out.Split('\n').Where(line => line is "hello" or "status: starting"));
        Assert.Equal(4, (await _server.RunAsync("wait", "box")).Code);
    }

    [Fact]
    public async Task A_session_is_stopped_as_any_task_is()
    {
        using Process report = _server.Begin("report", "--hub", Hub, "--container-id", "box", "--", "sh", "-c", "echo ready; exec sleep 1000");
        Assert.Equal("ready", await LiveServer.LineOfAsync(report));
        JsonElement session = await AwaitSessionAsync("box", one => one.TryGetProperty("status", out JsonElement status) && status.GetString() == "running");
        Assert.True(session.GetProperty("open").GetBoolean() && session.GetProperty("connected").GetBoolean());
        Assert.Contains("connected", await _server.AskAsync("sessions"), StringComparison.Ordinal);

        await _server.AskAsync("stop", "box");

        Assert.Equal(128 + 15, (await LiveServer.ResultOfAsync(report)).Code);
        session = await AwaitSessionAsync("box", one => !one.GetProperty("open").GetBoolean());
        Assert.Equal(128 + 15, session.GetProperty("exit_code").GetInt32());
    }

    [Fact]
    public async Task Each_line_is_there_once_however_often_the_server_is_killed()
    {
        using Process report = _server.Begin("report", "--hub", Hub, "--container-id", "box", "-q", "--drain", "10m", "--", "sh", "-c", "for i in $(seq 1 40); do seq $((i * 100 - 99)) $((i * 100)); sleep 0.05; done");
        for (int i = 0; i < 3; i++)
        {
            await AwaitSessionAsync("box", one => one.GetProperty("messages").GetInt64() > (i * 1000) + 100);
            await _server.KillAsync();
            await _server.StartAgainAsync();
        }

        Assert.Equal(0, (await LiveServer.ResultOfAsync(report)).Code);

        await AwaitSessionAsync("box", one => !one.GetProperty("open").GetBoolean());
        string[] lines = (await _server.AskAsync("logs", "box")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Enumerable.Range(1, 4000).Select(n => $"{n}"), lines.Where(line => char.IsAsciiDigit(line[0])));
        Assert.Single(lines, line => line.StartsWith("complete", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_task_that_is_no_session_is_none()
    {
        LiveServer.Result unknown = await _server.RunAsync("logs", "box");

        Assert.Equal(Hosting.ExitCodes.NotFound, unknown.Code);
        Assert.Equal("[]\n", await _server.AskAsync("sessions", "--all", "--json"));
    }

    /// <summary>Looks again and again, as sessions are no events; the deadline is that of every wait here.</summary>
    private async Task<JsonElement> AwaitSessionAsync(string id, Func<JsonElement, bool> wanted)
    {
        using var patience = new CancellationTokenSource(LiveServer.Deadline);
        while (true)
        {
            JsonElement found = JsonDocument.Parse(await _server.AskAsync("sessions", "--all", "--json")).RootElement.EnumerateArray().FirstOrDefault(one => one.GetProperty("task_id").GetString() == id);
            if (found.ValueKind == JsonValueKind.Object && wanted(found))
                return found;
            patience.Token.ThrowIfCancellationRequested();
        }
    }
}
