using System.Globalization;
using System.Text.Json;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Processes;

/// <summary>What is said of the processes of tasks, against processes of which it is known.</summary>
public sealed class ProcessesTests
{
    private const string TwoActions = RunningServer.Shell + """
          other:
            type: exec
            config: {entrypoint: sleep, command: ["1000"]}

        """;

    [Fact]
    public async Task A_tree_is_found_with_those_who_left_their_parents()
    {
        await using var server = await RunningServer.StartAsync(TwoActions);
        await using var client = await server.ConnectAsync();
        var started = await client.StartShellAsync("t", "sleep 1001 & (sleep 1002 &); exec 3</dev/null 4</dev/null; echo up; wait", ("name", "tree"));
        await client.ExpectAsync("output", "t");

        var task = await OneAsync(client, ("task_id", "t"), ("members", true));

        Assert.Equal("tree", task.GetProperty("name").GetString());
        var root = task.GetProperty("process");
        Assert.Equal(started.Pid, root.GetProperty("pid").GetInt32());
        Assert.Equal("sh", root.GetProperty("command_line")[0].GetString());
        Assert.Equal(Environment.UserName, root.GetProperty("user").GetString());
        Assert.True(Math.Abs((root.GetProperty("started_at").GetDateTimeOffset() - TimeProvider.System.GetUtcNow()).TotalMinutes) < 1);
        Assert.Equal(5, root.GetProperty("usage").GetProperty("open_fds").GetInt32());
        Assert.True(root.GetProperty("usage").GetProperty("resident_bytes").GetInt64() > 100_000);
        Assert.Equal<string?>(["1001", "1002"], task.GetProperty("members").EnumerateArray().Select(member => member.GetProperty("command_line")[1].GetString()).Order(StringComparer.Ordinal));
        Assert.Equal(3, task.GetProperty("tree_size").GetInt32());
        Assert.Equal(3, task.GetProperty("tree").GetProperty("threads").GetInt32());
    }

    [Fact]
    public async Task A_process_that_computes_has_a_processor_and_one_that_sleeps_has_none()
    {
        await using var server = await RunningServer.StartAsync(TwoActions);
        await using var client = await server.ConnectAsync();
        await client.StartShellAsync("busy", "(while :; do :; done) & wait");
        await client.StartShellAsync("lazy", "sleep 1000");
        await OneAsync(client, ("task_id", "busy"));
        double busy;
        do
        {
            var task = await OneAsync(client, ("task_id", "busy"));
            busy = task.GetProperty("tree").GetProperty("cpu_seconds").GetDouble();
        }
        while (busy < 0.3);

        var (tree, own, idle) = (
            (await OneAsync(client, ("task_id", "busy"))).GetProperty("tree").GetProperty("cpu_percent").GetDouble(),
            (await OneAsync(client, ("task_id", "busy"))).GetProperty("process").GetProperty("usage").GetProperty("cpu_seconds").GetDouble(),
            (await OneAsync(client, ("task_id", "lazy"))).GetProperty("tree").GetProperty("cpu_seconds").GetDouble());

        Assert.InRange(tree, 1, 110);
        Assert.InRange(own, 0, 0.2);
        Assert.InRange(idle, 0, 0.2);
    }

    [Fact]
    public async Task Conditions_choose_and_what_does_not_run_is_left_out()
    {
        await using var server = await RunningServer.StartAsync(TwoActions);
        await using var client = await server.ConnectAsync();
        await client.StartShellAsync("a", "sleep 1000", ("tags", new System.Text.Json.Nodes.JsonArray("x")));
        await client.StartShellAsync("b", "sleep 1000", ("groups", new System.Text.Json.Nodes.JsonArray("g")));
        await client.AskAsync("start", ("action", "other"), ("task_id", "c"));
        await client.StartShellAsync("over", "exit 0");
        await client.ExpectAsync("exited", "over");

        Assert.Equal(["a", "b", "c"], await IdsAsync(client));
        Assert.Equal(["a"], await IdsAsync(client, ("tag", "x")));
        Assert.Equal(["b"], await IdsAsync(client, ("group", "g")));
        Assert.Equal(["c"], await IdsAsync(client, ("action", "other")));
        Assert.Empty(await IdsAsync(client, ("task_id", "over")));
        Assert.Equal("task not found", (await client.AskAsync("processes", ("task_id", "nobody"))).Message);
    }

    [Fact]
    public async Task Prometheus_sees_what_the_tasks_of_an_action_use_together()
    {
        await using var server = await RunningServer.StartAsync(TwoActions);
        await using var client = await server.ConnectAsync();
        await client.StartShellAsync("a", "sleep 1001 & echo up; wait");
        await client.ExpectAsync("output", "a");
        await client.StartShellAsync("b", "exec sleep 1002");
        using var http = new HttpClient();

        var page = (await http.GetStringAsync(new Uri($"http://{server.EndPoint}/metrics"))).Split('\n');

        Assert.Equal(3, Value("overseer_task_processes{action=\"sh\"}"));
        Assert.Equal(0, Value("overseer_task_processes{action=\"other\"}"));
        Assert.Equal(3, Value("overseer_task_threads{action=\"sh\"}"));
        Assert.True(Value("overseer_task_resident_memory_bytes{action=\"sh\"}") > 100_000);
        Assert.True(Value("overseer_task_cpu_usage{action=\"sh\"}") >= 0);

        double Value(string series) => double.Parse(page.Single(line => line.StartsWith(series + " ", StringComparison.Ordinal))[(series.Length + 1)..], CultureInfo.InvariantCulture);
    }

    private static async Task<IEnumerable<string>> IdsAsync(WireClient client, params (string, System.Text.Json.Nodes.JsonNode?)[] fields) =>
        (string[])[.. (await client.AskAsync("processes", fields)).Json.GetProperty("processes").EnumerateArray().Select(task => task.GetProperty("task_id").GetString()!)];

    private static async Task<JsonElement> OneAsync(WireClient client, params (string, System.Text.Json.Nodes.JsonNode?)[] fields) =>
        Assert.Single((await client.AskAsync("processes", fields)).Json.GetProperty("processes").EnumerateArray());
}
