using System.Text.Json.Nodes;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Trust;

/// <summary>A token that is limited to actions or tags: whatever it does not reach is not there, in every request and event.</summary>
public sealed class LimitedTokenTests : IAsyncLifetime
{
    private const string All = "everything-everything";
    private const string ByAction = "by-action-by-action-1";
    private const string ByTag = "by-tag-by-tag-by-tag-1";
    private const string Yaml = $$$"""
        tokens:
          - {name: all, token: {{{All}}}, scopes: admin}
          - {name: action, token: {{{ByAction}}}, scopes: admin, actions: [mine]}
          - {name: tag, token: {{{ByTag}}}, scopes: admin, tags: [ci]}
        actions:
          mine: &sh
            type: exec
            dedupe_key: [key]
            config: {entrypoint: sh, command: ["-c", "[[.script]]"], parameters: {script: , key: {default: ""}}, stdin: pipe}
          theirs: *sh
          tagged: {<<: *sh, tags: [ci]}
          slow: {<<: *sh, task_pool: {limit: 1, queue: {enabled: true} } }
        """;

    private readonly List<WireClient> _clients = [];
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync(Yaml);

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }

        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Lists_show_what_is_reached_by_action_or_by_tag()
    {
        var all = await ConnectAsync(All);
        await StartAsync(all, "mine", "a");
        await StartAsync(all, "theirs", "b");
        await StartAsync(all, "theirs", "c", ("tags", new JsonArray("ci")));
        await StartAsync(all, "tagged", "d");

        Assert.Equal(["a"], (await (await ConnectAsync(ByAction)).ListAsync()).Select(task => task.TaskId!));
        Assert.Equal(["c", "d"], (await (await ConnectAsync(ByTag)).ListAsync()).Select(task => task.TaskId!));
        Assert.Equal(["c"], (await (await ConnectAsync(ByTag)).ListAsync(("limit", 1))).Select(task => task.TaskId!));
        Assert.Empty(await (await ConnectAsync(ByAction)).ListAsync(("action", "theirs")));
    }

    [Theory]
    [InlineData("stop", "task_id")]
    [InlineData("stop", "pid")]
    [InlineData("replay", "task_id")]
    [InlineData("replay", "pid")]
    [InlineData("reset", "task_id")]
    [InlineData("input", "task_id")]
    [InlineData("signal", "task_id")]
    [InlineData("metrics", "task_id")]
    [InlineData("processes", "task_id")]
    [InlineData("sessions", "task_id")]
    public async Task A_task_out_of_reach_is_not_found(string type, string by)
    {
        var all = await ConnectAsync(All);
        var pid = (await StartAsync(all, "theirs", "b", "read x")).Pid;
        var mine = await ConnectAsync(ByAction);
        var hidden = await mine.AskAsync(type, [by == "pid" ? ("pid", pid) : ("task_id", "b"), .. More()]);
        var missing = await mine.AskAsync(type, [by == "pid" ? ("pid", 1) : ("task_id", "nothing"), .. More()]);

        Assert.Equal(("error", "task not found"), (hidden.Type, hidden.Message));
        Assert.Equal(hidden.Message, missing.Message);
        Assert.Equal("active", Assert.Single(await all.ListAsync()).Text("state"));

        (string, JsonNode?)[] More() => type switch
        {
            "input" => [("data", "x")],
            "signal" => [("signal", "KILL")],
            _ => [],
        };
    }

    [Theory]
    [InlineData("start")]
    [InlineData("describe")]
    [InlineData("metrics")]
    [InlineData("pool_info")]
    [InlineData("set_pool")]
    [InlineData("purge")]
    public async Task An_action_out_of_reach_is_not_known(string type)
    {
        var mine = await ConnectAsync(ByAction);

        var answer = await mine.AskAsync(type, ("action", "theirs"));

        Assert.Equal(("error", "unknown action: \"theirs\""), (answer.Type, answer.Message));
    }

    [Fact]
    public async Task What_it_may_start_it_sees_stops_and_describes()
    {
        var mine = await ConnectAsync(ByAction);
        Assert.Equal("started", (await StartAsync(mine, "mine", "a", "echo hello; read x")).Type);
        Assert.Equal("hello", (await mine.ExpectAsync("output", "a")).Data);
        Assert.Equal(["mine"], (await mine.AskAsync("describe")).Json.GetProperty("actions").EnumerateArray().Select(action => action.GetProperty("name").GetString()!));
        Assert.DoesNotContain("theirs", (await mine.AskAsync("manifest")).Json.GetProperty("manifest").GetProperty("actions").GetRawText(), StringComparison.Ordinal);
        Assert.Equal("accepted", (await mine.AskAsync("input", ("task_id", "a"), ("data", "x\n"))).Type);
        await mine.ExpectAsync("exited", "a");

        var tagged = await ConnectAsync(ByTag);
        Assert.Equal("unknown action: \"mine\"", (await StartAsync(tagged, "mine", "x", ("tags", new JsonArray("ci")))).Message);
        Assert.Equal("started", (await StartAsync(tagged, "tagged", "t")).Type);
    }

    [Fact]
    public async Task Ids_and_names_and_twins_out_of_reach_stay_unnamed()
    {
        var all = await ConnectAsync(All);
        await StartAsync(all, "theirs", "b", "read x", ("name", "taken"));
        await StartAsync(all, "theirs", "ended");
        await all.ExpectAsync("exited", "ended");
        await all.AskAsync("start", ("action", "tagged"), ("task_id", "twin"), ("params", new JsonObject { ["script"] = "read x", ["key"] = "k" }));
        var mine = await ConnectAsync(ByAction);

        Assert.Equal("task_id is taken", (await StartAsync(mine, "mine", "b")).Message);
        Assert.Equal("task_id is taken", (await StartAsync(mine, "mine", "ended")).Message);
        var named = await StartAsync(mine, "mine", "c", ("name", "taken"));
        Assert.Equal(("name \"taken\" is already used", null), (named.Message, named.Text("existing_task_id")));
        Assert.Equal("duplicate task: already running as twin", (await (await ConnectAsync(ByTag)).AskAsync("start", ("action", "tagged"), ("params", new JsonObject { ["script"] = "x", ["key"] = "k" }))).Message);
    }

    [Fact]
    public async Task A_subscription_to_a_task_out_of_reach_is_like_one_to_a_task_that_does_not_exist()
    {
        var all = await ConnectAsync(All);
        await StartAsync(all, "theirs", "b", "echo secret; read x");
        await all.ExpectAsync("output", "b");
        var mine = await ConnectAsync(ByAction);

        var hidden = await mine.AskAsync("subscribe", ("task_id", "b"), ("from_seq", 1));
        var missing = await mine.AskAsync("subscribe", ("task_id", "nothing"), ("from_seq", 1));
        Assert.Equal(("subscribed", missing.Number("next_seq")), (hidden.Type, hidden.Number("next_seq")));
        await all.AskAsync("input", ("task_id", "b"), ("data", "x\n"));
        await all.ExpectAsync("exited", "b");

        // The id comes into reach, and out of it again.
        await StartAsync(all, "mine", "b", "echo open");
        Assert.Equal("open", (await mine.ExpectAsync("anything of b", message => message.TaskId == "b" && message.Type == "output")).Data);
        await mine.ExpectAsync("exited", "b");
        await all.ExpectAsync("exited", "b");
        await StartAsync(all, "theirs", "b", "echo secret");
        await all.ExpectAsync("exited", "b");
        Assert.DoesNotContain(await mine.DrainAsync(), message => message.TaskId == "b");
        Assert.Equal("unsubscribed", (await mine.AskAsync("unsubscribe", ("task_id", "b"))).Type);
    }

    [Fact]
    public async Task A_tag_that_is_subscribed_to_brings_only_what_is_reached()
    {
        var mine = await ConnectAsync(ByAction);
        await mine.AskAsync("subscribe", ("tag", "x"));
        var all = await ConnectAsync(All);
        await StartAsync(all, "theirs", "b", "echo secret", ("tags", new JsonArray("x")));
        await all.ExpectAsync("exited", "b");
        await StartAsync(all, "mine", "a", "echo open", ("tags", new JsonArray("x")));

        var messages = await mine.UntilAsync("exited", "a");

        Assert.All(messages, message => Assert.Equal("a", message.TaskId));
        Assert.Contains(messages, message => message.Data == "open");
    }

    [Fact]
    public async Task The_lifecycle_feed_holds_only_what_is_reached()
    {
        var all = await ConnectAsync(All);
        await StartAsync(all, "theirs", "b");
        await StartAsync(all, "tagged", "old");
        await all.ExpectAsync("exited", "old");
        var tagged = await ConnectAsync(ByTag);

        var subscribed = await tagged.AskAsync("subscribe", ("lifecycle", true), ("since", "2000-01-01T00:00:00Z"));
        await StartAsync(all, "theirs", "c");
        await StartAsync(all, "theirs", "d", ("tags", new JsonArray("ci")));
        var messages = await tagged.UntilAsync("exit of d", message => message.Type == "lifecycle" && message.TaskId == "d" && message.Text("event") == "exited");

        Assert.Equal(2, subscribed.Number("history"));
        Assert.Equal(["old", "old", "d", "d"], messages.Where(message => message.Type == "lifecycle").Select(message => message.TaskId!));
    }

    [Fact]
    public async Task Queues_and_pools_tell_only_of_what_is_reached()
    {
        var all = await ConnectAsync(All);
        var tagged = await ConnectAsync(ByTag);
        var mine = await ConnectAsync(ByAction);
        await StartAsync(all, "slow", "s1", "read x");
        await StartAsync(all, "slow", "s2");
        await StartAsync(all, "slow", "s3", ("tags", new JsonArray("ci")));
        await all.AskAsync("set_pool", ("size", 50));
        await all.AskAsync("set_pool", ("action", "slow"), ("queue_size", 50));

        var heard = await tagged.DrainAsync();
        Assert.Equal(("queued", "s3"), heard.Where(message => message.Type == "queued").Select(message => (message.Type, message.TaskId!)).Single());
        var updated = Assert.Single(heard, message => message.Type == "pool_updated");
        Assert.Null(updated.Text("action"));
        Assert.DoesNotContain("s2", updated.ToString(), StringComparison.Ordinal);
        Assert.Equal(["pool_updated"], (await mine.DrainAsync()).Select(message => message.Type));

        var pool = (await tagged.AskAsync("pool_info")).Json.GetProperty("pool");
        Assert.Equal((0, 1, 50), (pool.GetProperty("running").GetInt32(), pool.GetProperty("queue_depth").GetInt32(), pool.GetProperty("limit").GetInt32()));
        Assert.Equal(("s3", 1), (pool.GetProperty("queue_items")[0].GetProperty("task_id").GetString()!, pool.GetProperty("queue_items")[0].GetProperty("position").GetInt32()));

        Assert.Equal(1, (await tagged.AskAsync("purge")).Number("count"));
        Assert.Equal("s3", (await tagged.ExpectAsync("dequeued", message => message.Type == "dequeued")).TaskId);
        Assert.Equal(["active", "queued"], (await all.ListAsync(("action", "slow"))).Select(task => task.Text("state")!).Where(state => state != "stopped"));
        Assert.DoesNotContain(await mine.DrainAsync(), message => message.Type is "queued" or "dequeued");
    }

    [Fact]
    public async Task Global_numbers_are_those_of_what_is_reached()
    {
        var all = await ConnectAsync(All);
        await StartAsync(all, "theirs", "b");
        await StartAsync(all, "mine", "a");

        Assert.Equal(1, (await (await ConnectAsync(ByAction)).AskAsync("metrics")).Json.GetProperty("global").GetProperty("tasks_started").GetInt64());
        Assert.Equal(2, (await all.AskAsync("metrics")).Json.GetProperty("global").GetProperty("tasks_started").GetInt64());
        Assert.Equal(["a"], (await (await ConnectAsync(ByAction)).AskAsync("processes")).Json.GetProperty("processes").EnumerateArray().Select(one => one.GetProperty("task_id").GetString()!).DefaultIfEmpty("a"));
    }

    [Fact]
    public async Task What_concerns_everybody_is_refused()
    {
        var mine = await ConnectAsync(ByAction);

        Assert.Equal(
            "not allowed: the pool of all tasks together concerns everybody, and this connection is limited (admin, limited to actions mine)",
            (await mine.AskAsync("set_pool", ("size", 1))).Message);
        Assert.Equal(
            "not allowed: a command without an action concerns everybody, and this connection is limited (admin, limited to actions mine)",
            (await mine.AskAsync("start", ("command", "/bin/true"))).Message);
    }

    private static Task<WireMessage> StartAsync(WireClient client, string action, string taskId, params (string Name, JsonNode? Value)[] fields) =>
        StartAsync(client, action, taskId, "exit 0", fields);

    private static Task<WireMessage> StartAsync(WireClient client, string action, string taskId, string script, params (string Name, JsonNode? Value)[] fields) =>
        client.AskAsync("start", [("action", action), ("task_id", taskId), ("params", new JsonObject { ["script"] = script, ["key"] = taskId }), .. fields]);

    private async Task<WireClient> ConnectAsync(string token)
    {
        var client = await WireClient.ConnectAsync(_server.EndPoint, ("Authorization", "Bearer " + token));
        _clients.Add(client);
        return client;
    }
}
