using System.Text.Json.Nodes;
using Overseer.Server.Tests.Harness;
using static Overseer.Server.Tests.Reloading.Reloads;

namespace Overseer.Server.Tests.Reloading;

/// <summary>Another configuration for a server that runs: what is applied, what is told, and what is left as it is.</summary>
public sealed class ReloadTests
{
    [Fact]
    public async Task Actions_that_are_new_changed_or_gone_are_told_and_seen_everywhere()
    {
        await using var server = await RunningServer.StartAsync(Yaml("", Action("kept"), Action("changed"), Action("gone")));
        await using var client = await server.ConnectAsync();
        Assert.Empty((await client.ReloadAsync()).Texts("changes"));

        var answer = await server.ReloadAsync(client, Yaml("", Action("kept"), Action("changed", "exit 3", "meta: {description: other}\ndedupe_key: [script]"), Action("added")));
        Assert.Equal(["action added added", "action changed changed: description, dedupe_key, config", "action gone removed"], answer.Texts("changes"));
        Assert.Empty(answer.Texts("restart"));

        var actions = (await client.AskAsync("describe")).Json.GetProperty("actions").EnumerateArray().Select(action => action.GetProperty("name").GetString());
        Assert.Equal(["added", "changed", "kept"], actions);
        Assert.Equal("unknown action: \"gone\"", (await client.AskAsync("metrics", ("action", "gone"))).Message);
        Assert.Equal("unknown action: \"gone\"", (await client.StartAsync("gone", "t", "")).Message);
        Assert.Equal("metrics", (await client.AskAsync("metrics", ("action", "added"))).Type);
        Assert.Contains("\"added\"", (await client.AskAsync("manifest")).Json.GetRawText(), StringComparison.Ordinal);
        using var http = new HttpClient();
        Assert.Contains("\"start-added\"", await http.GetStringAsync(new Uri($"http://{server.EndPoint}/openapi.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await client.StartAsync("changed", "t", "");
        Assert.Equal(3, (await client.ExpectAsync("exited", "t")).ExitCode);
    }

    [Fact]
    public async Task A_wrong_file_changes_nothing_and_all_that_is_wrong_is_said()
    {
        await using var server = await RunningServer.StartAsync(Yaml("", Action("a")));
        await using var client = await server.ConnectAsync();
        server.Configure(Yaml("nonsense: 1\nlimits: {max_tasks: 0}", Action("b", more: "retry: {restart_delay: -1s}"), Action("c", config: "entrypont: x")));
        var answer = await client.ReloadAsync();
        Assert.False(answer.Json.GetProperty("applied").GetBoolean());
        var file = server.PathOf("overseer.yaml");
        Assert.Equal(4, answer.Texts("errors").Length);
        Assert.All(answer.Texts("errors"), error => Assert.Matches($"^{file}:[1-9][0-9]*: [a-z_.]+: ", error));
        foreach (var key in new[] { "nonsense", "limits.max_tasks", "actions.b.retry.restart_delay", "actions.c.config.entrypont" })
        {
            Assert.Contains(answer.Texts("errors"), error => error.Contains(key, StringComparison.Ordinal));
        }

        Assert.Empty(answer.Texts("changes"));
        Assert.Equal("unknown action: \"b\"", (await client.StartAsync("b", "t", "")).Message);
        Assert.Equal("started", (await client.StartAsync("a", "t", "")).Type);

        File.Delete(file);
        Assert.Contains(file, Assert.Single((await client.ReloadAsync()).Texts("errors")), StringComparison.Ordinal);
        server.Configure("actions: [");
        Assert.False((await client.ReloadAsync()).Json.GetProperty("applied").GetBoolean());
        Assert.Equal("started", (await client.StartAsync("a", "u", "")).Type);
    }

    [Fact]
    public async Task A_running_task_goes_on_as_it_was_started_and_is_named_until_it_is_started_again()
    {
        await using var server = await RunningServer.StartAsync(Yaml("", Action("a", "echo old; sleep 1000", "stop: {signal: SIGTERM}")));
        await using var client = await server.ConnectAsync();
        var pid = (await client.StartAsync("a", "t", "")).Pid;
        await client.ExpectAsync("output", "t");
        var next = Yaml("", Action("a", "echo new; sleep 1000"));
        Assert.Equal(["task t: action a has changed since it was started"], (await server.ReloadAsync(client, next)).Texts("restart"));
        Assert.Equal(["task t: action a has changed since it was started"], (await server.ReloadAsync(client, next)).Texts("restart"));
        Assert.Equal(pid, Assert.Single(await client.ListAsync()).Number("current_pid"));
        await client.SendAsync("stop", ("task_id", "t"));
        await client.ExpectAsync("exited", "t");
        await client.StartAsync("a", "t", "");
        Assert.Equal("new", (await client.ExpectAsync("output", "t")).Data);
        Assert.Empty((await server.ReloadAsync(client, next)).Texts("restart"));

        // What does not concern its process needs no restart.
        var described = Yaml("retry: {restart_delay: 1h}", Action("a", "echo new; sleep 1000", "meta: {description: d}\ntags: [x]", "stdout_condition: 'true'"));
        var answer = await server.ReloadAsync(client, described);
        Assert.Equal(["action a changed: description, tags, retry, output", "retry changed"], answer.Texts("changes"));
        Assert.Empty(answer.Texts("restart"));
    }

    [Fact]
    public async Task Restarts_are_of_the_new_definition_and_of_none_when_the_action_is_gone()
    {
        const string Retry = "retry: {restart_delay: 10ms}";
        await using var server = await RunningServer.StartAsync(Yaml(Retry, Action("a", "echo old; read _ < [[.script]]"), Action("b")));
        await using var client = await server.ConnectAsync();
        var gates = Enumerable.Range(0, 2).Select(i => new Fifo(server.PathOf($"gate{i}"))).ToList();
        await client.StartAsync("a", "t", gates[0].Path);
        Assert.Equal("old", (await client.ExpectAsync("output", "t")).Data);
        await server.ReloadAsync(client, Yaml(Retry, Action("a", $"echo new; read _ < {gates[1].Path}"), Action("b")));
        await gates[0].OpenAsync();
        Assert.Equal("new", (await client.ExpectAsync("output", "t")).Data);

        var answer = await server.ReloadAsync(client, Yaml(Retry, Action("b")));
        Assert.Equal(["task t goes on, but is not restarted: its action a is gone"], answer.Texts("warnings"));
        await gates[1].OpenAsync();
        await client.ExpectAsync("errored", "t");
        var task = Assert.Single(await client.ListAsync());
        Assert.Equal(("errored", "the action \"a\" is not configured any more"), (task.Text("state"), task.Text("error_message")));
        Assert.Equal("unknown action: \"a\"", (await client.AskAsync("reset", ("task_id", "t"))).Message);
    }

    [Fact]
    public async Task Who_waits_with_an_action_that_is_gone_is_let_go_and_everybody_hears_of_it()
    {
        await using var server = await RunningServer.StartAsync(Yaml("", Action("a", more: "task_pool: {size: 1, queue_size: 9}"), Action("b", "exit 1", "retry: {restart_delay: 1h}"), Action("c")));
        await using var client = await server.ConnectAsync();
        await using var other = await server.ConnectAsync();
        await client.StartAsync("a", "runs", "sleep 1000");
        Assert.Equal("queued", (await client.StartAsync("a", "waits", "")).Type);
        await client.StartAsync("b", "restarts", "");
        await client.ExpectAsync("restarting", "restarts");

        var answer = await server.ReloadAsync(client, Yaml("", Action("c")));
        Assert.Equal(
            ["task runs goes on, but is not restarted: its action a is gone", "task waits waits no more: its action a is gone", "task restarts waits no more: its action b is gone"],
            answer.Texts("warnings"));
        Assert.Equal("failed", (await other.ExpectAsync("dequeued", "waits")).Text("reason"));
        var tasks = (await client.ListAsync()).ToDictionary(task => task.TaskId!, task => task.Text("state"));
        Assert.Equal(new Dictionary<string, string?> { ["runs"] = "active", ["restarts"] = "errored" }, tasks);
    }

    [Fact]
    public async Task The_starter_of_a_queued_task_is_told_why_it_is_not_started()
    {
        await using var server = await RunningServer.StartAsync(Yaml("", Action("a", more: "task_pool: {size: 1, queue_size: 9}"), Action("c")));
        await using var client = await server.ConnectAsync();
        await using var admin = await server.ConnectAsync();
        await client.StartAsync("a", "runs", "sleep 1000");
        var id = (await client.StartAsync("a", "waits", "")).Id;
        await server.ReloadAsync(admin, Yaml("", Action("c")));
        Assert.Equal("the action \"a\" is not configured any more", (await client.ExpectAsync("answer", message => message.IsErrorOf(id!))).Message);
    }

    [Fact]
    public async Task Pools_are_as_configured_and_everybody_is_told_what_differs()
    {
        await using var server = await RunningServer.StartAsync(Yaml("", Action("a", more: "task_pool: {size: 1, queue_size: 9}")));
        await using var client = await server.ConnectAsync();
        await using var other = await server.ConnectAsync();
        await using var admin = await server.ConnectAsync();
        foreach (var task in new[] { "t1", "t2", "t3" })
        {
            await client.StartAsync("a", task, "sleep 1000");
        }

        await client.AskAsync("set_pool", ("action", "a"), ("size", 2));
        await client.ExpectAsync("started", "t2");
        await other.ExpectAsync("pool_updated", message => message.Type == "pool_updated");

        // The same file once more: what was set by hand is forgotten, and who is too many goes, the longest running first.
        var answer = await admin.ReloadAsync();
        Assert.Equal(["task_pool of action a changed: limit 2 -> 1"], answer.Texts("changes"));
        Assert.Equal(1, (await other.ExpectAsync("pool_updated", message => message.Type == "pool_updated")).Json.GetProperty("pool").GetProperty("limit").GetInt32());
        Assert.True((await client.ExpectAsync("exited", "t1")).Intentional);

        answer = await server.ReloadAsync(admin, Yaml("task_pool: {size: 7}", Action("a", more: "task_pool: {size: 3, queue_size: 9}")));
        Assert.Equal(["task_pool changed: limit 0 -> 7", "task_pool of action a changed: limit 1 -> 3"], answer.Texts("changes"));
        await client.ExpectAsync("started", "t3");
        using var http = new HttpClient();
        var page = await http.GetStringAsync(new Uri($"http://{server.EndPoint}/metrics"), TestContext.Current.CancellationToken);
        Assert.Contains("overseer_pool_limit{action=\"a\"} 3", page, StringComparison.Ordinal);
        Assert.Contains("overseer_pool_top_limit 7", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_retry_policy_holds_for_tasks_that_run_already()
    {
        await using var server = await RunningServer.StartAsync(Yaml("retry: {restart_delay: 10ms}", Action("a", "exit 1")));
        await using var client = await server.ConnectAsync();
        await using var admin = await server.ConnectAsync();
        await client.StartAsync("a", "t", "");
        await client.ExpectAsync("restarting", "t");
        await server.ReloadAsync(admin, Yaml("retry: {restart_delay: 10ms, error_threshold: 2}", Action("a", "exit 1")));
        await client.ExpectAsync("errored", "t");
    }

    [Fact]
    public async Task Tags_that_an_action_gets_bring_its_running_tasks_to_those_who_watch_them()
    {
        await using var server = await RunningServer.StartAsync(Yaml("", Action("a", "cat [[.script]]")));
        await using var client = await server.ConnectAsync();
        await using var watcher = await server.ConnectAsync();
        var gate = new Fifo(server.PathOf("gate"));
        await client.StartAsync("a", "t", gate.Path);
        await watcher.AskAsync("subscribe", ("tag", "web"));
        await server.ReloadAsync(client, Yaml("", Action("a", "cat [[.script]]", "tags: [web]")));
        Assert.Equal(["web"], Assert.Single(await client.ListAsync(("tag", "web"))).Texts("tags"));
        await gate.OpenAsync();
        await watcher.ExpectAsync("exited", "t");
    }

    [Fact]
    public async Task A_filter_holds_for_the_lines_that_come_and_seq_goes_on()
    {
        await using var server = await RunningServer.StartAsync(Yaml("", Action("a")));
        await using var client = await server.ConnectAsync();
        var gates = Enumerable.Range(0, 3).Select(i => new Fifo(server.PathOf($"gate{i}"))).ToList();
        var script = string.Concat(gates.Select((gate, i) => $"echo a{i}; echo b{i}; read _ < {gate.Path}; ")) + "echo a3; echo b3";
        await client.StartAsync("a", "t", script);
        List<string> seen = [];
        await ReadAsync(2);
        string[] conditions = ["stdout_condition: 'output.data.startsWith(\"a\")'", "stdout_condition: 'output.data.startsWith(\"b\")'", ""];
        for (var i = 0; i < conditions.Length; i++)
        {
            var answer = await server.ReloadAsync(client, Yaml("", Action("a", config: conditions[i])));
            Assert.Equal(["action a changed: output"], answer.Texts("changes"));
            Assert.Empty(answer.Texts("restart"));
            await gates[i].OpenAsync();
            await ReadAsync(i < 2 ? 1 : 2);
        }

        string[] expected = ["1 a0", "2 b0", "3 a1", "4 b2", "5 a3", "6 b3"];
        Assert.Equal(expected, seen);
        await using var late = await server.ConnectAsync();
        await late.AskAsync("subscribe", ("task_id", "t"), ("from_seq", 1));
        Assert.Equal(expected, (await late.UntilAsync("exited", "t")).SkipLast(1).Select(line => $"{line.Seq} {line.Data}"));

        async Task ReadAsync(int lines)
        {
            for (var i = 0; i < lines; i++)
            {
                var line = await client.ExpectAsync("output", "t");
                seen.Add($"{line.Seq} {line.Data}");
            }
        }
    }

    [Fact]
    public async Task Lines_that_nobody_has_watched_are_judged_by_the_filter_they_came_under()
    {
        await using var server = await RunningServer.StartAsync(Yaml("", Action("a", config: "stdout_condition: 'output.data.startsWith(\"a\")'")));
        await using var client = await server.ConnectAsync();
        var (begin, gate) = (new Fifo(server.PathOf("begin")), new Fifo(server.PathOf("gate")));
        await using (var starter = await server.ConnectAsync())
        {
            await starter.StartAsync("a", "t", $"read _ < {begin.Path}; echo a0; echo b0; read _ < {gate.Path}; echo a1; echo b1");
            await starter.AskAsync("unsubscribe", ("task_id", "t"));
            await begin.OpenAsync();
            await RecordedAsync(starter, "t", 2);
        }

        await server.ReloadAsync(client, Yaml("", Action("a", config: "stdout_condition: 'output.data.startsWith(\"b\")'")));
        await server.ReloadAsync(client, Yaml("", Action("a")));
        await gate.OpenAsync();
        await client.AskAsync("subscribe", ("task_id", "t"), ("from_seq", 1));
        Assert.Equal(["1 a0", "2 a1", "3 b1"], (await client.UntilAsync("exited", "t")).SkipLast(1).Select(line => $"{line.Seq} {line.Data}"));
    }

    [Fact]
    public async Task Limits_hold_from_now_on_and_what_needs_a_restart_of_the_server_is_said()
    {
        await using var server = await RunningServer.StartAsync(Yaml("", Action("a")));
        await using var client = await server.ConnectAsync();
        var answer = await server.ReloadAsync(client, Yaml("limits: {max_connections: 1, max_tasks: 1, max_line_bytes: 1KiB}\nname: other\non_full: block", Action("a")));
        Assert.Equal(["limits.max_connections changed: 4096 -> 1", "limits.max_tasks changed: 10000 -> 1"], answer.Texts("changes"));
        Assert.Equal(
            [
                "name changed: default -> other; start the server again", "on_full changed: drop -> block; start the server again",
                "limits.max_line_bytes changed: 1048576 -> 1024; start the server again",
            ],
            answer.Texts("restart"));
        await client.StartAsync("a", "t", "sleep 1000");
        Assert.StartsWith("too many tasks", (await client.StartAsync("a", "u", "")).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<System.Net.WebSockets.WebSocketException>(server.ConnectAsync);
        await server.ReloadAsync(client, Yaml("", Action("a")));
        await using var again = await server.ConnectAsync();
    }

    [Fact]
    public async Task Reloads_at_the_same_time_are_done_one_after_the_other()
    {
        await using var server = await RunningServer.StartAsync(Yaml("", Action("a")));
        await using var client = await server.ConnectAsync();
        server.Configure(Yaml("", Action("a"), Action("b")));
        List<string> ids = [];
        for (var i = 0; i < 20; i++)
        {
            ids.Add(await client.SendAsync("reload", fields: []));
        }

        var answers = new List<WireMessage>();
        while (answers.Count < ids.Count)
        {
            answers.Add(await client.ExpectAsync("reloaded", message => message.Type == "reloaded"));
        }

        Assert.Equal(ids.Order(), answers.Select(answer => answer.Id!).Order());
        Assert.Single(answers, answer => answer.Texts("changes").SequenceEqual(["action b added"]));
        Assert.Equal(19, answers.Count(answer => answer.Texts("changes").Length == 0));
    }

    // Nobody is subscribed, so nobody is told: what is counted tells.
    private static async Task RecordedAsync(WireClient client, string taskId, int lines)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        while ((await client.AskAsync("metrics", ("task_id", taskId))).Json.GetProperty("task").GetProperty("output_lines").GetInt32() < lines)
        {
            Assert.False(deadline.IsCancellationRequested, "the lines are not recorded");
            await Task.Delay(10);
        }
    }
}
