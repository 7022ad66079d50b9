using System.Text.Json.Nodes;
using Overseer.Server.Tests.Faults;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Acceptance;

/// <summary>Limits and queues, with real processes.</summary>
public sealed class PoolTests
{
    private const string Actions = """
        actions:
          one:
            type: exec
            task_pool: {size: 1, queue_size: 2}
            config: {entrypoint: sh, command: ["-c", "[[.script]]"], parameters: {script: "exec sleep 1000"}}
          free:
            type: exec
            config: {entrypoint: sh, command: ["-c", "[[.script]]"], parameters: {script: "exec sleep 1000"}}

        """;

    [Fact]
    public async Task What_finds_no_room_waits_and_follows_when_there_is_some()
    {
        await using var server = await RunningServer.StartAsync(Actions);
        await using var client = await server.ConnectAsync();
        await using var other = await server.ConnectAsync();
        await StartAsync(client, "a");
        var (b, c) = (await client.SendAsync("start", ("action", "one"), ("task_id", "b")), await client.SendAsync("start", ("action", "one"), ("task_id", "c")));
        var queued = new[] { await client.ExpectAsync("queued", "b"), await client.ExpectAsync("queued", "c") };
        Assert.Equal([(b, 1L), (c, 2L)], queued.Select(q => (q.Id!, q.Number("position")!.Value)));
        Assert.Equal("", (await other.ExpectAsync("queued", "b")).Id);
        Assert.Equal("", (await other.ExpectAsync("queued", "c")).Id);
        var full = await client.AskAsync("start", ("action", "one"), ("task_id", "d"));
        Assert.Equal("pool rejected task: pool: task rejected — limit reached and queue is full", full.Message);
        var tasks = await client.ListAsync();
        Assert.Equal(["active", "queued", "queued"], tasks.Select(t => t.Text("state")));
        Assert.All(tasks.Skip(1), t => Assert.NotNull(t.Text("queued_at")));
        Assert.Equal("task already running or starting", (await client.AskAsync("start", ("action", "free"), ("task_id", "b"))).Message);

        await other.AskAsync("subscribe", ("task_id", "b"));
        await client.SendAsync("stop", ("task_id", "a"));

        Assert.Equal(b, (await client.ExpectAsync("started", "b")).Id);
        Assert.Equal("", (await other.ExpectAsync("started", "b")).Id);
        Assert.DoesNotContain(await client.DrainAsync(), e => e.Type == "started");
        await client.SendAsync("stop", ("task_id", "c"));
        Assert.Equal("stopped", (await client.ExpectAsync("dequeued", "c")).Text("reason"));
        Assert.Equal("stopped", (await other.ExpectAsync("dequeued", "c")).Text("reason"));
        Assert.DoesNotContain(await client.ListAsync(), t => t.TaskId == "c");
    }

    [Fact]
    public async Task Force_displaces_the_oldest_that_is_not_forced_itself()
    {
        await using var server = await RunningServer.StartAsync(Actions);
        await using var client = await server.ConnectAsync();
        foreach (var id in new[] { "a", "b", "c" }) await StartAsync(client, id);

        var forced = await client.AskAsync("start", ("action", "one"), ("task_id", "d"), ("force", true));
        Assert.Equal(("queued", 2L), (forced.Type, forced.Number("position")));
        var info = await client.AskAsync("pool_info", ("action", "one"));
        Assert.Equal(["c", "d"], Items(info).Select(i => i["task_id"]!.GetValue<string>()));
        Assert.Equal([false, true], Items(info).Select(i => i["forced"]!.GetValue<bool>()));
        Assert.Equal([0, 1], Items(info).Select(i => i["position"]!.GetValue<int>()));

        await client.AskAsync("start", ("action", "one"), ("task_id", "e"), ("force", true));
        var refused = await client.AskAsync("start", ("action", "one"), ("task_id", "f"), ("force", true));
        Assert.Equal("error", refused.Type);
    }

    [Fact]
    public async Task A_task_that_waits_too_long_expires()
    {
        await using var server = await RunningServer.StartAsync(Actions.Replace("queue_size: 2", "queue_size: 2, queue_timeout: 100ms", StringComparison.Ordinal));
        await using var client = await server.ConnectAsync();
        await StartAsync(client, "a");
        await StartAsync(client, "b");
        Assert.Equal("expired", (await client.ExpectAsync("dequeued", "b")).Text("reason"));
        Assert.Equal(["a"], (await client.ListAsync()).Select(t => t.TaskId));
        Assert.Equal("queued", (await client.AskAsync("start", ("action", "one"), ("task_id", "b"))).Type);
    }

    [Fact]
    public async Task A_lowered_limit_stops_the_longest_running()
    {
        await using var server = await RunningServer.StartAsync(Actions);
        await using var client = await server.ConnectAsync();
        foreach (var id in new[] { "a", "b", "c" }) await StartAsync(client, id, "free");
        await using var other = await server.ConnectAsync();

        var answer = await client.AskAsync("set_pool", ("action", "free"), ("size", 1));

        Assert.Equal(("pool_info", 1L), (answer.Type, (long)answer.Json.GetProperty("pool").GetProperty("limit").GetInt32()));
        Assert.Equal("free", (await other.ExpectAsync("pool_updated", e => e.Type == "pool_updated")).Text("action"));
        var ended = new[] { await client.ExpectAsync("exited", e => e.Type == "exited"), await client.ExpectAsync("exited", e => e.Type == "exited") };
        Assert.Equal(["a", "b"], ended.Select(e => e.TaskId).Order());
        Assert.All(ended, e => Assert.True(e.Intentional));
        Assert.Equal("error", (await client.AskAsync("start", ("action", "free"), ("task_id", "d"))).Type);
    }

    [Fact]
    public async Task A_lowered_limit_puts_running_tasks_back_and_they_run_again()
    {
        await using var server = await RunningServer.StartAsync(Actions);
        await using var client = await server.ConnectAsync();
        foreach (var id in new[] { "a", "b" }) await StartAsync(client, id, "free");
        var pid = (await client.ListAsync())[0].Number("current_pid");

        await client.AskAsync("set_pool", ("action", "free"), ("size", 1), ("queue_size", 5), ("excess", new JsonObject { ["action"] = "requeue", ["grace"] = 3 }));

        // Everybody hears of the queue, its subscribers of the exit: neither waits for the other.
        var seen = new List<WireMessage>();
        while (seen.Count < 2) seen.Add(await client.ExpectAsync("exited and queued", e => e.Is("exited", "a") || e.Is("queued", "a")));
        Assert.True(seen.Single(e => e.Type == "exited").Intentional);
        Assert.Equal("", seen.Single(e => e.Type == "queued").Id);
        Assert.Equal("queued", (await client.ListAsync())[0].Text("state"));
        await client.SendAsync("stop", ("task_id", "b"));
        Assert.Equal(pid, (await client.ExpectAsync("started", "a")).Number("restart_of"));
    }

    [Fact]
    public async Task A_purge_lets_those_go_that_wait()
    {
        await using var server = await RunningServer.StartAsync(Actions);
        await using var client = await server.ConnectAsync();
        foreach (var id in new[] { "a", "b", "c" }) await StartAsync(client, id);
        var purged = await client.AskAsync("purge", ("action", "one"));
        Assert.Equal(("purged", 2L, "one"), (purged.Type, purged.Number("count"), purged.Text("action")));
        Assert.Equal("purged", (await client.ExpectAsync("dequeued", "b")).Text("reason"));
        Assert.Equal("purged", (await client.ExpectAsync("dequeued", "c")).Text("reason"));
        Assert.Equal(0, (await client.AskAsync("purge")).Number("count"));
        Assert.Equal("unknown action: \"x\"", (await client.AskAsync("purge", ("action", "x"))).Message);
        Assert.Equal("unknown action: \"x\"", (await client.AskAsync("pool_info", ("action", "x"))).Message);
        Assert.Equal("unknown action: \"x\"", (await client.AskAsync("set_pool", ("action", "x"), ("size", 1))).Message);
    }

    [Fact]
    public async Task The_top_level_caps_everything_and_serves_actions_in_turn()
    {
        await using var server = await RunningServer.StartAsync("task_pool: {size: 1, queue_size: 100}\n" + Actions.Replace("size: 1, queue_size: 2", "size: 5", StringComparison.Ordinal));
        await using var client = await server.ConnectAsync();
        await StartAsync(client, "first");
        foreach (var id in new[] { "a1", "a2", "a3" }) await StartAsync(client, id);
        foreach (var id in new[] { "b1", "b2" }) await StartAsync(client, id, "free");
        var order = new List<string>();
        var running = "first";
        for (var i = 0; i < 5; i++)
        {
            await client.SendAsync("stop", ("task_id", running));
            running = (await client.ExpectAsync("started", e => e.Type == "started")).TaskId!;
            order.Add(running);
        }

        Assert.Equal(["b1", "a1", "b2", "a2", "a3"], order);
    }

    [Fact]
    public async Task A_start_that_fails_when_its_turn_comes_is_told_to_who_asked()
    {
        await using var server = await RunningServer.StartAsync("""
            task_pool: {size: 1, queue_size: 5}
            actions:
              it: {type: exec, config: {entrypoint: "[[.program]]", parameters: {program: }}}
            """);
        var program = server.PathOf("program");
        File.Copy("/bin/sleep", program);
        await using var client = await server.ConnectAsync();
        await using var other = await server.ConnectAsync();
        var fifo = new Fifo(server.PathOf("fifo"));
        var until = server.PathOf("until");
        await File.WriteAllTextAsync(until, $"#!/bin/sh\nread _ < {fifo.Path}\n");
        File.SetUnixFileMode(until, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await client.AskAsync("start", ("action", "it"), ("task_id", "b"), ("params", new JsonObject { ["program"] = until }));
        var id = await client.SendAsync("start", ("action", "it"), ("task_id", "c"), ("params", new JsonObject { ["program"] = program }));
        await client.ExpectAsync("queued", "c");
        File.Delete(program);
        await fifo.OpenAsync();

        var error = await client.ExpectAsync("error", e => e.Type == "error");
        Assert.Equal(id, error.Id);
        Assert.Contains(program, error.Message, StringComparison.Ordinal);
        Assert.Equal("failed", (await other.ExpectAsync("dequeued", "c")).Text("reason"));
        Assert.DoesNotContain(await client.ListAsync(), t => t.TaskId == "c");
    }

    [Fact]
    public async Task A_queue_outlives_the_server_in_its_order()
    {
        await using var site = new Site("", Actions);
        await site.StartAsync();
        await using (var client = await site.ConnectAsync())
        {
            foreach (var id in new[] { "a", "b", "c" }) await StartAsync(client, id);
        }

        await site.KillServerAsync();
        await site.StartAsync();
        await using var again = await site.ConnectAsync();
        Assert.Equal(["active", "queued", "queued"], (await again.ListAsync()).Select(t => t.Text("state")));
        foreach (var id in new[] { "b", "c" }) await again.AskAsync("subscribe", ("task_id", id));
        await again.SendAsync("stop", ("task_id", "a"));
        Assert.Equal("", (await again.ExpectAsync("started", "b")).Id);
        await again.SendAsync("stop", ("task_id", "b"));
        await again.ExpectAsync("started", "c");
    }

    private static JsonNode[] Items(WireMessage info) => [.. JsonNode.Parse(info.Json.GetProperty("pool").GetProperty("queue_items").GetRawText())!.AsArray()!];

    private static Task<WireMessage> StartAsync(WireClient client, string taskId, string action = "one") => client.AskAsync("start", ("action", action), ("task_id", taskId));
}
