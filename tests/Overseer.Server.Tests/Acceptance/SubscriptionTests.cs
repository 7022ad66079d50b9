using System.Text.Json.Nodes;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Acceptance;

/// <summary>Who hears what, from when, until when.</summary>
public sealed class SubscriptionTests
{
    [Fact]
    public async Task A_subscription_may_come_before_its_task()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await using var early = await server.ConnectAsync();
        await using var fromOne = await server.ConnectAsync();

        Assert.Equal("""{"type":"subscribed","task_id":"t","id":"1"}""", (await early.AskAsync("subscribe", ("task_id", "t"))).Json.GetRawText());
        Assert.Equal("""{"type":"subscribed","task_id":"t","next_seq":1,"id":"1"}""", (await fromOne.AskAsync("subscribe", ("task_id", "t"), ("from_seq", 1))).Json.GetRawText());
        await client.StartShellAsync("t", "echo 1; echo 2");

        foreach (var one in (WireClient[])[client, early, fromOne])
        {
            Assert.Equal(["1", "2", null], (await one.UntilAsync("exited", "t")).Select(message => message.Data));
        }
    }

    [Fact]
    public async Task From_seq_gives_history_and_then_live_output()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await using var late = await server.ConnectAsync();
        var gate = new Fifo(server.PathOf("gate"));
        await client.StartShellAsync("t", $"echo 1; echo 2; echo 3; read _ < {gate.Path}; echo 4");
        await client.ExpectAsync("line 3", message => message.Data == "3");

        var subscribed = await late.AskAsync("subscribe", ("task_id", "t"), ("from_seq", 2));
        Assert.Equal(4, subscribed.Number("next_seq"));
        Assert.Equal(["2", "3"], new[] { await late.ReadAsync(), await late.ReadAsync() }.Select(line => line.Data));
        await gate.OpenAsync();

        Assert.Equal(["4", null], (await late.UntilAsync("exited", "t")).Select(message => message.Data));
    }

    [Fact]
    public async Task Nothing_comes_after_unsubscribed()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.StartShellAsync("t", "i=0; while :; do i=$((i+1)); echo $i; done");
        await client.ExpectAsync("output", "t");

        for (var i = 0; i < 20; i++)
        {
            var unsubscribed = await client.AskAsync("unsubscribe", ("task_id", "t"));
            Assert.Equal(("unsubscribed", "t"), (unsubscribed.Type, unsubscribed.TaskId));
            Assert.Empty(await client.DrainAsync());
            Assert.Equal("subscribed", (await client.AskAsync("subscribe", ("task_id", "t"))).Type);
            await client.ExpectAsync("output", "t");
        }

        Assert.Equal("unsubscribed", (await client.AskAsync("unsubscribe", ("task_id", "t"))).Type);
        Assert.Equal("unsubscribed", (await client.AskAsync("unsubscribe", ("task_id", "t"))).Type);
        Assert.Equal("unsubscribed", (await client.AskAsync("unsubscribe", ("task_id", "never"))).Type);
    }

    [Theory]
    [InlineData("tag", "tags")]
    [InlineData("group", "groups")]
    public async Task A_label_brings_present_and_future_tasks(string one, string many)
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await using var listener = await server.ConnectAsync();
        var gate = new Fifo(server.PathOf("gate"));
        await client.StartShellAsync("present", $"echo before; read _ < {gate.Path}; echo after", (many, new JsonArray("x")));
        await client.ExpectAsync("output", "present");

        var subscribed = await listener.AskAsync("subscribe", (one, "x"));
        Assert.Equal(("subscribed", "x"), (subscribed.Type, subscribed.Text(one)));
        await gate.OpenAsync();
        Assert.Equal(["after", null], (await listener.UntilAsync("exited", "present")).Select(message => message.Data));

        await client.StartShellAsync("other", "echo unheard");
        await client.ExpectAsync("exited", "other");
        await client.StartShellAsync("future", "echo heard", (many, new JsonArray("y", "x")));
        Assert.Equal(["heard", null], (await listener.UntilAsync("exited", "future")).Select(message => message.Data));
        await client.StartShellAsync("present", "echo again", (many, new JsonArray("x")));
        Assert.Equal(["again", null], (await listener.UntilAsync("exited", "present")).Select(message => message.Data));

        Assert.Equal("x", (await listener.AskAsync("unsubscribe", (one, "x"))).Text(one));
        await client.StartShellAsync("future", "echo unheard", (many, new JsonArray("x")));
        await client.ExpectAsync("exited", "future");
        Assert.Empty(await listener.DrainAsync());
    }

    [Fact]
    public async Task A_task_that_is_named_and_labelled_comes_once()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.AskAsync("subscribe", ("tag", "x"));
        await client.AskAsync("subscribe", ("group", "x"));
        await client.AskAsync("subscribe", ("task_id", "t"));
        await client.AskAsync("subscribe", ("task_id", "t"));

        await client.StartShellAsync("t", "echo once", ("tags", new JsonArray("x")), ("groups", new JsonArray("x")));
        Assert.Equal(["once", null], (await client.UntilAsync("exited", "t")).Select(message => message.Data));

        // The labels go, what was named stays.
        await client.AskAsync("unsubscribe", ("tag", "x"));
        await client.AskAsync("unsubscribe", ("group", "x"));
        await client.StartShellAsync("t", "echo twice");
        Assert.Equal(["twice", null], (await client.UntilAsync("exited", "t")).Select(message => message.Data));
        Assert.Empty(await client.DrainAsync());
    }

    [Fact]
    public async Task Who_started_a_task_keeps_it_when_a_label_goes()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.AskAsync("subscribe", ("tag", "x"));
        foreach (var (task, tag) in (IEnumerable<(string, string)>)[("labelled", "x"), ("plain", "y")])
        {
            var gate = new Fifo(server.PathOf(task));
            await client.StartShellAsync(task, $"read _ < {gate.Path}; echo heard", ("tags", new JsonArray(tag)));
            await client.AskAsync("unsubscribe", ("tag", "x"));
            await gate.OpenAsync();

            Assert.Equal(["heard", null], (await client.UntilAsync("exited", task)).Select(message => message.Data));
        }
    }

    [Fact]
    public async Task Labels_and_starts_at_the_same_moment_give_no_event_twice()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();

        for (var i = 0; i < 200; i++)
        {
            await client.SendAsync($$$"""{"type":"start","id":"start","action":"sh","params":{"script":"echo once"},"tags":["x"],"task_id":"t{{{i}}}"}""");
            await client.SendAsync("""{"type":"subscribe","id":"subscribe","tag":"x"}""");
            await client.SendAsync("""{"type":"subscribe","id":"subscribe","group":"x"}""");
            await client.ExpectAsync("exited", $"t{i}");
            await client.SendAsync("""{"type":"unsubscribe","id":"unsubscribe","tag":"x"}""");
        }

        // Each task has one line and one exit: what came twice would still be on its way, or have been heard.
        Assert.DoesNotContain(await client.DrainAsync(), message => message.Type is "output" or "exited");
    }

    [Fact]
    public async Task Subscriptions_are_limited_and_room_comes_back()
    {
        await using var server = await RunningServer.StartAsync("limits: {max_subscriptions: 3}\n" + RunningServer.Shell);
        await using var client = await server.ConnectAsync();
        await client.AskAsync("subscribe", ("task_id", "a"));
        await client.AskAsync("subscribe", ("tag", "b"));
        await client.AskAsync("subscribe", ("group", "c"));

        const string refused = "too many subscriptions on this connection: limits.max_subscriptions is 3";
        Assert.Equal(refused, (await client.AskAsync("subscribe", ("task_id", "d"))).Message);
        Assert.Equal(refused, (await client.AskAsync("subscribe", ("tag", "d"))).Message);
        Assert.Equal("subscribed", (await client.AskAsync("subscribe", ("tag", "b"))).Type);

        // Who starts a task listens to it all the same.
        Assert.Equal("started", (await client.StartShellAsync("d", "exit 0")).Type);
        await client.ExpectAsync("exited", "d");

        await client.AskAsync("unsubscribe", ("tag", "b"));
        Assert.Equal("subscribed", (await client.AskAsync("subscribe", ("task_id", "d"))).Type);
        Assert.Equal(refused, (await client.AskAsync("subscribe", ("task_id", "e"))).Message);
    }

    [Fact]
    public async Task A_connection_that_has_what_it_asks_for_may_ask_again_at_the_limit()
    {
        await using var server = await RunningServer.StartAsync("limits: {max_subscriptions: 1}\n" + RunningServer.Shell);
        await using var client = await server.ConnectAsync();
        await client.StartShellAsync("t", "echo 1");
        await client.ExpectAsync("exited", "t");

        Assert.Equal("subscribed", (await client.AskAsync("subscribe", ("task_id", "t"))).Type);
        Assert.Equal("subscribed", (await client.AskAsync("subscribe", ("task_id", "t"))).Type);
        Assert.Equal("subscribed", (await client.AskAsync("subscribe", ("task_id", "t"), ("from_seq", 1))).Type);
        await client.ExpectAsync("exited", "t");
        Assert.Equal("started", (await client.StartShellAsync("t", "echo 2")).Type);
    }

    [Fact]
    public async Task A_subscription_ends_with_its_connection_and_the_task_goes_on()
    {
        await using var server = await RunningServer.StartAsync();
        var gate = new Fifo(server.PathOf("gate"));
        await using (var first = await server.ConnectAsync())
        {
            await first.StartShellAsync("t", $"echo 1; read _ < {gate.Path}; echo 2");
            await first.ExpectAsync("output", "t");
        }

        await using var second = await server.ConnectAsync();
        await second.AskAsync("subscribe", ("task_id", "t"), ("from_seq", 1));
        await gate.OpenAsync();

        Assert.Equal(["1", "2", null], (await second.UntilAsync("exited", "t")).Select(message => message.Data));
    }
}
