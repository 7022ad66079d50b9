using System.Diagnostics;
using System.Text.Json;
using Overseer.Hosting;

namespace Overseer.Cli.Tests;

/// <summary><c>overseer events</c> with a real server.</summary>
public sealed class EventsTests : IAsyncLifetime
{
    private const string Configuration = """
        actions:
          say:
            type: exec
            config: {entrypoint: sh, command: ["-c", "echo said; exit [[.code]]"], parameters: {code: "0"}}
          other:
            type: exec
            config: {entrypoint: sh, command: ["-c", "read _; exit 3"], stdin: pipe}
          fail:
            type: exec
            retry: {restart_delay: 10ms, error_threshold: 2}
            config: {entrypoint: sh, command: ["-c", "exit 4"]}
        """;

    private LiveServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await LiveServer.StartAsync(Configuration);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Events_prints_what_is_kept_and_ends()
    {
        Assert.Equal(new LiveServer.Result(0, "", ""), await _server.RunAsync("events"));
        await _server.RunAsync("start", "fail", "--task-id", "t", "--name", "n", "-f");

        string[] lines = (await _server.AskAsync("events")).TrimEnd('\n').Split('\n');

        Assert.Equal(["started", "exited", "restarting", "started", "exited", "errored"], lines.Select(line => Fields(line)[1]));
        Assert.All(lines, line => Assert.Matches(@"^20\d\d-\d\d-\d\dT[\d:.]+Z  \w+ +n \(t\) +fail  ", line));
        Assert.EndsWith("code 4", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("attempt 1 in 10ms", lines[2], StringComparison.Ordinal);
        Assert.EndsWith("after 2 exits", lines[5], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Follow_misses_no_task_that_is_started_later_until_Ctrl_C()
    {
        await _server.AskAsync("start", "say", "--task-id", "before", "-f");
        using Process events = _server.Begin("events", "-f", "--since", "1h", "--json");
        Assert.Equal(("started", "before"), await NextAsync(events));
        Assert.Equal(("exited", "before"), await NextAsync(events));

        string[] ids = [.. Enumerable.Range(0, 5).Select(i => $"t{i}")];
        foreach (string id in ids)
            await _server.AskAsync("start", "say", "--task-id", id);
        var seen = new List<(string, string)>();
        while (seen.Count < 2 * ids.Length)
            seen.Add(await NextAsync(events));
        Assert.Equal(ids.SelectMany(id => new[] { ("started", id), ("exited", id) }).Order(), seen.Order());

        LiveServer.Signal(events, "INT");
        LiveServer.Result end = await LiveServer.ResultOfAsync(events);
        Assert.Equal((ExitCodes.Ok, ""), (end.Code, end.Out));
        Assert.Contains("keeps only the latest events", end.Error, StringComparison.Ordinal); // an hour ago there was no server
    }

    [Fact]
    public async Task Only_what_is_asked_for_is_printed()
    {
        await _server.AskAsync("start", "say", "--task-id", "a", "--tag", "x", "-f");
        await _server.AskAsync("start", "say", "--task-id", "b", "--group", "g", "-f");
        await _server.RunAsync("start", "fail", "--task-id", "c", "--tag", "x", "--tag", "y", "-f");

        Assert.Equal(["a"], await TasksAsync("--task", "a"));
        Assert.Equal(["a", "b"], await TasksAsync("--action", "say"));
        Assert.Equal(["a", "c"], await TasksAsync("--tag", "x"));
        Assert.Equal(["b"], await TasksAsync("--group", "g"));
        Assert.Equal(["c"], await TasksAsync("--tag", "x", "--action", "fail"));
        Assert.Empty(await TasksAsync("--task", "is still to come"));
        Assert.Equal(["a", "b", "c"], await TasksAsync());
        Assert.Empty(await TasksAsync("--since", "0"));
        Assert.Equal(ExitCodes.Usage, (await _server.RunAsync("events", "--since", "yesterday")).Code);
    }

    [Fact]
    public async Task Follow_goes_on_with_the_next_server_and_says_that_events_may_be_missing()
    {
        await _server.AskAsync("start", "other", "--task-id", "t");
        using Process events = _server.Begin("events", "-f", "--since", "1h");
        Assert.Contains("  started ", await LiveServer.LineOfAsync(events), StringComparison.Ordinal);

        await _server.KillAsync();
        await _server.StartAgainAsync();
        await _server.AskAsync("input", "t", "go");
        string line = await LiveServer.LineOfAsync(events);
        Assert.Contains("  exited ", line, StringComparison.Ordinal);
        Assert.EndsWith("code 3", line, StringComparison.Ordinal);

        LiveServer.Signal(events, "INT");
        Assert.Contains("events may be missing here", (await LiveServer.ResultOfAsync(events)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_pool_is_told()
    {
        await _server.AskAsync("start", "say", "--task-id", "t", "-f");
        using Process events = _server.Begin("events", "-f", "--since", "1h");
        await LiveServer.LineOfAsync(events);
        await LiveServer.LineOfAsync(events);
        await _server.AskAsync("pool", "set", "say", "--limit", "2");

        Assert.Matches("^[^ ]+  pool_updated  - +say  limit 2, 0 running, 0 waiting$", await LiveServer.LineOfAsync(events));
        LiveServer.Signal(events, "INT");
        await LiveServer.ResultOfAsync(events);
    }

    private static async Task<(string Event, string Task)> NextAsync(Process events)
    {
        JsonElement message = JsonDocument.Parse(await LiveServer.LineOfAsync(events)).RootElement;
        return (message.GetProperty("event").GetString()!, message.GetProperty("task_id").GetString()!);
    }

    private async Task<string[]> TasksAsync(params string[] options)
        => [.. (await _server.AskAsync(["events", .. options])).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Fields(line)[2]).Distinct().Order(StringComparer.Ordinal)];

    private static string[] Fields(string line) => line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
