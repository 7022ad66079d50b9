using System.Text.Json;
using Overseer.Hosting;

namespace Overseer.Cli.Tests;

/// <summary>Commands that look into running tasks, with the built program and a real server.</summary>
public sealed class InspectionTests : IAsyncLifetime
{
    private const string Configuration = """
        actions:
          tree:
            type: exec
            tags: [web]
            config:
              entrypoint: sh
              command: ["-c", "sleep 1000 & echo up; wait"]
        """;

    private LiveServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await LiveServer.StartAsync(Configuration);
        await _server.AskAsync("start", "tree", "--task-id", "t1");
        using var follow = _server.Begin("logs", "t1", "-f");
        Assert.Equal("up", await LiveServer.LineOfAsync(follow));
        follow.Kill();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Top_without_a_terminal_prints_one_table()
    {
        string[] lines = (await _server.AskAsync("top")).TrimEnd('\n').Split('\n');

        Assert.Equal(["NO", "TASK", "ACTION", "PID", "USER", "CPU%", "MEM", "THR", "FDS", "PROCS", "UP", "COMMAND"], lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        string[] row = lines[1].Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(("t1", "2", "2"), (row[1], row[7], row[9]));
        Assert.EndsWith("sh -c 'sleep 1000 & echo up; wait'", lines[1], StringComparison.Ordinal);
        Assert.Equal(2, lines.Length);
    }

    [Fact]
    public async Task Tree_shows_each_process_below_its_parent()
    {
        string[] lines = (await _server.AskAsync("tree", "t1")).TrimEnd('\n').Split('\n');

        Assert.Equal(3, lines.Length);
        Assert.Contains("sh -c", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("└─ sleep 1000", lines[2], StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(await _server.AskAsync("tree", "t1", "--json"));
        Assert.Equal(2, json.RootElement.GetProperty("tree_size").GetInt32());
    }

    [Fact]
    public async Task Show_tells_everything_and_ps_wide_a_row_of_it()
    {
        string shown = await _server.AskAsync("show", "1");
        Assert.Contains("task:         t1\n", shown, StringComparison.Ordinal);
        Assert.Contains("state:        running\n", shown, StringComparison.Ordinal);
        Assert.Contains("tree:         2 processes, ", shown, StringComparison.Ordinal);
        string[] wide = (await _server.AskAsync("ps", "--wide")).TrimEnd('\n').Split('\n');
        Assert.Contains("CPU%", wide[0], StringComparison.Ordinal);
        Assert.Matches(@"^1 +t1 +tree +running .* web .*sh -c", wide[1]);
    }

    [Fact]
    public async Task What_has_ended_has_no_tree()
    {
        await _server.AskAsync("stop", "t1");
        LiveServer.Result result = await _server.RunAsync("tree", "t1");
        Assert.Equal((ExitCodes.NotFound, "overseer: task t1 has no process now; overseer ps shows how it stands\n"), (result.Code, result.Error));
        Assert.Contains("exit:         SIGTERM", await _server.AskAsync("show", "t1"), StringComparison.Ordinal);
    }
}
