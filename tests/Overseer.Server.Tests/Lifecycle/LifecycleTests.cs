using System.Text.Json.Nodes;
using Overseer.Server.Tests.Faults;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Lifecycle;

/// <summary>Subscriptions to what happens to all tasks.</summary>
public sealed class LifecycleTests
{
    [Fact]
    public async Task Every_task_is_told_of_whoever_starts_it_and_without_its_output()
    {
        await using var server = await RunningServer.StartAsync();
        await using var watcher = await server.ConnectAsync();
        var subscribed = await watcher.AskAsync("subscribe", ("lifecycle", true));
        Assert.Equal(("subscribed", null), (subscribed.Type, subscribed.Number("history")));
        await using var starter = await server.ConnectAsync();

        var started = await starter.StartShellAsync("t", "echo line; exit 3", ("name", "one"), ("tags", new JsonArray("x")), ("groups", new JsonArray("g")));
        var events = await watcher.UntilAsync("exit", message => message.Text("event") == "exited");

        Assert.Equal(["started", "exited"], events.Select(one => one.Text("event")));
        Assert.All(events, one => Assert.Equal(("lifecycle", "t", "sh", "one", (long?)started.Pid), (one.Type, one.TaskId, one.Text("action"), one.Text("name"), one.Number("pid"))));
        Assert.All(events, one => Assert.Equal(("[\"x\"]", "[\"g\"]"), (one.Json.GetProperty("tags").GetRawText(), one.Json.GetProperty("groups").GetRawText())));
        Assert.Equal(["active", "stopped"], events.Select(one => one.Text("state")));
        Assert.Equal(3, events[1].ExitCode);
        Assert.True(subscribed.Number("last") < events[0].Number("number") && events[0].Number("number") < events[1].Number("number"));
    }

    [Fact]
    public async Task Who_starts_a_task_and_follows_all_hears_of_it_in_both_ways_once()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.AskAsync("subscribe", ("lifecycle", true));
        await client.AskAsync("subscribe", ("lifecycle", true));

        await client.SendAsync("""{"type":"start","id":"s","action":"sh","task_id":"t","params":{"script":"exit 0"}}""");
        await client.ExpectAsync("exited", "t");
        var all = await client.DrainAsync();
        await client.StartShellAsync("u", "exit 0");
        all.AddRange(await client.UntilAsync("exited", "u"));
        all.AddRange(await client.DrainAsync());

        Assert.Equal(["started", "exited"], all.Where(one => one.Is("lifecycle", "u")).Select(one => one.Text("event")));
        Assert.Single(all, one => one.Is("exited", "u"));
    }

    [Fact]
    public async Task Past_events_come_first_by_number_or_time_and_nothing_comes_after_the_end_of_the_subscription()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        var begin = (await client.AskAsync("subscribe", ("lifecycle", true))).Number("last");
        await client.StartShellAsync("a", "exit 0");
        var exited = await client.ExpectAsync("exit of a", message => message.Text("event") == "exited");
        Assert.Equal("unsubscribed", (await client.AskAsync("unsubscribe", ("lifecycle", true))).Type);
        await client.StartShellAsync("b", "exit 0");
        var rest = await client.UntilAsync("exited", "b");
        rest.AddRange(await client.DrainAsync());
        Assert.DoesNotContain(rest, one => one.Type == "lifecycle");

        Assert.Equal((4, true), await HistoryAsync(("after", begin)));
        Assert.Equal((2, true), await HistoryAsync(("after", exited.Number("number"))));
        Assert.Equal((3, true), await HistoryAsync(("since", exited.Text("ts"))));
        Assert.Equal((4, false), await HistoryAsync(("since", "2020-01-01T00:00:00Z")));
        Assert.Equal((4, false), await HistoryAsync(("after", begin - 1)));
        Assert.Equal((4, false), await HistoryAsync(("after", begin + 1_000_000_000_000)));

        async Task<(int Count, bool Complete)> HistoryAsync((string, JsonNode?) from)
        {
            await using var late = await server.ConnectAsync();
            var subscribed = await late.AskAsync("subscribe", ("lifecycle", true), from);
            var events = await late.DrainAsync();
            Assert.Equal(subscribed.Number("history"), events.Count);
            Assert.All(events, one => Assert.Equal("lifecycle", one.Type));
            return (events.Count, subscribed.Json.GetProperty("complete").GetBoolean());
        }
    }

    [Fact]
    public async Task As_many_events_are_kept_as_the_limit_says()
    {
        await using var server = await RunningServer.StartAsync("limits: {max_lifecycle_events: 3}\n" + RunningServer.Shell);
        await using var client = await server.ConnectAsync();
        var begin = (await client.AskAsync("subscribe", ("lifecycle", true))).Number("last");
        await client.StartShellAsync("a", "exit 0");
        await client.ExpectAsync("exited", "a");
        await client.StartShellAsync("b", "exit 0");
        await client.ExpectAsync("exit of b", message => message.Text("event") == "exited" && message.TaskId == "b");

        await using var late = await server.ConnectAsync();
        var subscribed = await late.AskAsync("subscribe", ("lifecycle", true), ("after", begin));
        Assert.Equal(3, subscribed.Number("history"));
        Assert.False(subscribed.Json.GetProperty("complete").GetBoolean());
        Assert.Equal(["exited a", "started b", "exited b"], (await late.DrainAsync()).Select(one => $"{one.Text("event")} {one.TaskId}"));
        Assert.True((await late.AskAsync("subscribe", ("lifecycle", true), ("after", begin + 1))).Json.GetProperty("complete").GetBoolean());
    }

    [Fact]
    public async Task Numbers_grow_across_a_restart_of_the_server_which_does_not_claim_to_know_what_was_before()
    {
        await using var site = new Site();
        await site.StartAsync();
        var gate = new Fifo(site.PathOf("gate"));
        long? seen;
        await using (var client = await site.ConnectAsync())
        {
            await client.AskAsync("subscribe", ("lifecycle", true));
            await client.SendAsync("start", ("action", "sh"), ("task_id", "t"), ("params", new JsonObject { ["script"] = $"read _ < {gate.Path}; exit 5" }));
            seen = (await client.ExpectAsync("start of t", message => message.Text("event") == "started")).Number("number");
        }

        await site.KillServerAsync();
        await gate.OpenAsync();
        await site.StartAsync();

        await using var again = await site.ConnectAsync();
        var subscribed = await again.AskAsync("subscribe", ("lifecycle", true), ("after", seen));
        Assert.False(subscribed.Json.GetProperty("complete").GetBoolean());
        var exited = await again.ExpectAsync("exit of t", message => message.Text("event") == "exited");
        Assert.Equal((5, true), (exited.ExitCode, exited.Number("number") > seen));
    }
}
