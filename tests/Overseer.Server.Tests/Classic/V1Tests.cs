using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Classic;

/// <summary>What clients of sticky-overseer 0.4 to 0.9 hear and are told (PROTOCOLS.md, "v1 and v0").</summary>
public sealed class V1Tests
{
    [Fact]
    public async Task A_command_runs_without_ids_and_everybody_hears_of_it_but_for_the_direct_started()
    {
        await using var server = await RunningServer.StartAsync(OldClients.AnyCommand);
        await using var asking = await OldClients.ConnectAsync(server, "v1");
        await using var other = await OldClients.ConnectAsync(server, "v1");
        await using var current = await server.ConnectAsync();

        await asking.SendAsync("""{"type":"start","command":"echo","args":["hello"]}""");
        var own = await asking.UntilAsync("exited", message => message.Type == "exited");
        var heard = await other.UntilAsync("exited", message => message.Type == "exited");

        Assert.Equal(["started", "output", "exited"], own.Select(message => message.Type));
        Assert.Equal(["output", "exited"], heard.Select(message => message.Type));
        Assert.All(own.Concat(heard), message => Assert.Null(message.Id));
        Assert.True(Guid.TryParse(own[0].TaskId, out _));
        Assert.Equal(("hello", "stdout", 1L), (own[1].Data, own[1].Stream, own[1].Seq));
        Assert.Equal((own[0].Pid, 0, false), (own[2].Pid, own[2].ExitCode, own[2].Intentional));
        Assert.Empty(await current.DrainAsync());

        var task = Assert.Single(await current.ListAsync());
        Assert.Equal(("command", "echo", "stopped"), (task.Text("action"), task.Text("command"), task.Text("state")));
        Assert.Equal(["hello"], task.Json.GetProperty("args").EnumerateArray().Select(arg => arg.GetString()));
    }

    [Fact]
    public async Task An_id_that_is_given_is_echoed_and_an_empty_one_is_none()
    {
        await using var server = await RunningServer.StartAsync(OldClients.AnyCommand);
        await using var client = await OldClients.ConnectAsync(server, "v1");

        await client.SendAsync("""{"type":"start","id":"1","command":"true","task_id":"t"}""");
        Assert.Equal("1", (await client.ExpectAsync("started", "t")).Id);
        await client.ExpectAsync("exited", "t");
        await client.SendAsync("""{"type":"list","id":"2"}""");
        var tasks = await client.ReadAsync();
        Assert.Equal(("tasks", "2"), (tasks.Type, tasks.Id));
        await client.SendAsync("""{"type":"list","id":""}""");
        tasks = await client.ReadAsync();
        Assert.Equal(("tasks", null), (tasks.Type, tasks.Id));
        await client.SendAsync("""{"type":"reset","id":"3","task_id":"t"}""");
        Assert.Equal("""{"type":"error","id":"3","message":"task is not in errored state"}""", (await client.ReadAsync()).ToString());
        await client.SendAsync("""{"type":"replay","task_id":"t"}""");
        Assert.Equal(["exited", "replayed"], (await client.UntilAsync("replayed", "t")).Select(message => message.Type));
    }

    [Fact]
    public async Task Automatic_starts_go_to_every_classic_connection_without_an_id()
    {
        await using var server = await RunningServer.StartAsync(OldClients.AnyCommand);
        await using var asking = await OldClients.ConnectAsync(server, "v1");
        await using var other = await OldClients.ConnectAsync(server, "v1");
        await using var oldest = await OldClients.ConnectAsync(server, "v0");
        await using var current = await server.ConnectAsync();
        await current.AskAsync("subscribe", ("task_id", "t"));

        await asking.SendAsync("""{"type":"start","id":"7","task_id":"t","command":"sh","args":["-c","echo run; exit 3"],"retry_policy":{"restart_delay":"20ms","error_window":"1m","error_threshold":3}}""");

        string[] rounds = ["output", "exited", "restarting", "started", "output", "exited", "restarting", "started", "output", "exited", "errored"];
        var own = await OldClients.UntilAsync(asking, "errored", "t");
        Assert.Equal(["started", .. rounds], own.Select(message => message.Type));
        Assert.Equal("7", own[0].Id);
        Assert.All(own.Skip(1), message => Assert.Null(message.Id));
        var heard = await OldClients.UntilAsync(other, "errored", "t");
        Assert.Equal(rounds, heard.Select(message => message.Type));
        Assert.All(heard, message => Assert.Null(message.Id));

        // The same starts, as the others know them.
        Assert.All((await OldClients.UntilAsync(oldest, "errored", "t")).Where(message => message.Type == "started"), message => Assert.Equal("", message.Id));
        var subscribed = (await OldClients.UntilAsync(current, "errored", "t")).Where(message => message.Type is not "subscribed").ToList();
        Assert.Equal(rounds, subscribed.Select(message => message.Type));
        Assert.All(subscribed.Where(message => message.Type == "started"), message => Assert.Equal("", message.Id));
        Assert.Equal(own.Skip(1).Select(message => message.Pid), subscribed.Select(message => message.Pid));

        await asking.SendAsync("""{"type":"reset","task_id":"t"}""");
        Assert.Equal(["started", .. rounds], (await OldClients.UntilAsync(asking, "errored", "t")).Select(message => message.Type));
        Assert.Equal(rounds, (await OldClients.UntilAsync(other, "errored", "t")).Select(message => message.Type));
    }

    [Fact]
    public async Task Output_comes_from_the_moment_of_the_connection_on_and_what_was_before_is_replayed()
    {
        await using var server = await RunningServer.StartAsync(OldClients.AnyCommand);
        await using var first = await OldClients.ConnectAsync(server, "v1");
        await first.SendAsync("""{"type":"start","task_id":"ended","command":"echo","args":["old"]}""");
        await first.ExpectAsync("exited", "ended");
        var gate = new Fifo(server.PathOf("gate"));
        await first.SendAsync($$"""{"type":"start","task_id":"running","command":"sh","args":["-c","echo before; read line <{{gate.Path}}; echo after"]}""");
        await first.ExpectAsync("output", "running");

        await using var late = await OldClients.ConnectAsync(server, "v1");
        await gate.OpenAsync();
        Assert.Equal(["output after", "exited "], (await OldClients.UntilAsync(late, "exited", "running")).Select(message => $"{message.Type} {message.Data}"));
        await late.SendAsync("""{"type":"replay","task_id":"running"}""");
        Assert.Equal(["before", "after"], (await OldClients.UntilAsync(late, "replayed", "running")).Where(message => message.Type == "output").Select(message => message.Data!));

        // One that has ended before is followed when it is started again.
        await first.SendAsync("""{"type":"start","task_id":"ended","command":"echo","args":["new"]}""");
        Assert.Equal(["output new 2", "exited  0"], (await OldClients.UntilAsync(late, "exited", "ended")).Select(message => $"{message.Type} {message.Data} {message.Seq}"));
    }

    [Fact]
    public async Task Every_message_of_v2_works_on_it_too()
    {
        await using var server = await RunningServer.StartAsync(OldClients.AnyCommand);
        await using var client = await OldClients.ConnectAsync(server, "v1");

        Assert.Equal("started", (await client.StartShellAsync("t", "echo x; exec sleep 1000")).Type);
        await client.ExpectAsync("output", "t");
        var task = Assert.Single(await client.ListAsync(("action", "sh")));
        Assert.Equal(("sh", "/bin/sh"), (task.Text("action"), task.Text("command")!.Replace("/usr/bin/", "/bin/", StringComparison.Ordinal)));
        Assert.Equal(2, (await client.AskAsync("subscribe", ("task_id", "t"), ("from_seq", 1))).Number("next_seq"));
        Assert.Equal(1, (await client.ExpectAsync("output", "t")).Seq);
        Assert.Equal("actions", (await client.AskAsync("describe")).Type);
        Assert.Equal("metrics", (await client.AskAsync("metrics")).Type);
        await client.SendAsync($$"""{"type":"stop","pid":{{task.Number("current_pid")}}}""");
        Assert.True((await client.ExpectAsync("exited", "t")).Intentional);
    }

    [Theory]
    [InlineData("""{"type":"start"}""", "command is required")]
    [InlineData("""{"type":"start","args":["x"]}""", "command is required")]
    [InlineData("""{"type":"start","task_id":"t","command":"true"}""", "task already has a running worker")]
    [InlineData("""{"type":"dance"}""", "unknown message type")]
    [InlineData("""{"type":"list","since":"yesterday"}""", "invalid since timestamp")]
    [InlineData("""{"type":"stop","task_id":"nobody"}""", "task not found")]
    [InlineData("""{"type":"reset","task_id":"t"}""", "task is not in errored state")]
    [InlineData("not json", "invalid JSON")]
    public async Task A_refusal_has_the_text_that_its_clients_match_and_no_id(string request, string text)
    {
        await using var server = await RunningServer.StartAsync(OldClients.AnyCommand);
        await using var client = await OldClients.ConnectAsync(server, "v1");
        await client.StartShellAsync("t", "exec sleep 1000");

        await client.SendAsync(request);
        Assert.Equal($$"""{"type":"error","message":"{{text}}"}""", (await client.ReadAsync()).ToString());
    }

    [Fact]
    public async Task Events_of_an_unsubscribed_task_end_and_those_of_others_go_on()
    {
        await using var server = await RunningServer.StartAsync(OldClients.AnyCommand);
        await using var client = await OldClients.ConnectAsync(server, "v1");
        await using var other = await server.ConnectAsync();
        var gate = new Fifo(server.PathOf("gate"));
        await other.StartShellAsync("a", $"read line <{gate.Path}; echo a");
        Assert.Equal("unsubscribed", (await client.AskAsync("unsubscribe", ("task_id", "a"))).Type);
        await gate.OpenAsync();
        await other.ExpectAsync("exited", "a");
        await other.StartShellAsync("b", "echo b");
        Assert.Equal(["output", "exited"], (await client.UntilAsync("exited", "b")).Select(message => message.Type));
    }
}
