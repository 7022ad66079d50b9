using System.Globalization;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Classic;

/// <summary>What clients of sticky-overseer 0.1 to 0.3 hear and are told: they know processes by their pid.</summary>
public sealed class V0Tests
{
    private static readonly string[] AllFields = ["pid", "command", "args", "state", "started_at", "exited_at", "exit_code", "last_event_at"];

    [Fact]
    public async Task A_worker_is_listed_with_exactly_its_fields_running_and_exited()
    {
        await using var server = await RunningServer.StartAsync(OldClients.AnyCommand);
        await using var client = await OldClients.ConnectAsync(server, "v0");

        await client.SendAsync("""{"type":"start","command":"sh","args":["-c","exec sleep 1000"]}""");
        var started = await client.ReadAsync();
        Assert.Equal(("started", ""), (started.Type, started.Id));
        var running = Assert.Single(await WorkersAsync(client));
        Assert.Equal(["pid", "command", "args", "state", "started_at"], Fields(running));
        Assert.Equal((started.Pid, "sh", "running", started.Text("ts")), (running.Pid, running.Text("command"), running.Text("state"), running.Text("started_at")));
        Assert.Equal(["-c", "exec sleep 1000"], running.Json.GetProperty("args").EnumerateArray().Select(arg => arg.GetString()));

        await client.SendAsync($$"""{"type":"stop","id":"3","pid":{{started.Pid}}}""");
        var exited = await client.ReadAsync();
        Assert.Equal(("exited", started.Pid, true), (exited.Type, exited.Pid, exited.Intentional));
        var ended = Assert.Single(await WorkersAsync(client));
        Assert.Equal(AllFields, Fields(ended));
        Assert.Equal((started.Pid, "exited", -1), (ended.Pid, ended.Text("state"), (int)ended.Number("exit_code")!));
        Assert.Equal((exited.Text("ts"), exited.Text("ts")), (ended.Text("exited_at"), ended.Text("last_event_at")));
    }

    [Fact]
    public async Task Since_looks_at_the_latest_event_of_a_worker()
    {
        await using var server = await RunningServer.StartAsync(OldClients.AnyCommand);
        await using var client = await OldClients.ConnectAsync(server, "v0");
        var gate = new Fifo(server.PathOf("gate"));
        await client.SendAsync($$"""{"type":"start","task_id":"a","command":"sh","args":["-c","echo one; read line <{{gate.Path}}; echo two; exec sleep 1000"]}""");
        var one = await client.ExpectAsync("output", "a");
        await client.SendAsync("""{"type":"start","task_id":"b","command":"true"}""");
        var exited = await client.ExpectAsync("exited", "b");

        Assert.Equal(one.Text("ts"), (await WorkersAsync(client))[0].Text("last_event_at"));
        Assert.Equal([exited.Pid], (await WorkersAsync(client, exited.Text("ts"))).Select(worker => worker.Pid));
        Assert.Equal([one.Pid, exited.Pid], (await WorkersAsync(client, one.Text("ts"))).Select(worker => worker.Pid));
        await gate.OpenAsync();
        var two = await client.ExpectAsync("output", "a");
        Assert.Equal([one.Pid], (await WorkersAsync(client, two.Text("ts"))).Select(worker => worker.Pid));
        Assert.Empty(await WorkersAsync(client, "2100-01-01T00:00:00Z"));
    }

    [Fact]
    public async Task Events_are_replayed_by_pid_to_who_asks()
    {
        await using var server = await RunningServer.StartAsync(OldClients.AnyCommand);
        await using var client = await OldClients.ConnectAsync(server, "v0");
        await using var other = await OldClients.ConnectAsync(server, "v0");
        await client.SendAsync("""{"type":"start","command":"sh","args":["-c","for i in $(seq 150); do echo $i; done"]}""");
        var pid = (await client.ReadAsync()).Pid;
        await client.ExpectAsync("exited", message => message.Type == "exited");
        await other.ExpectAsync("exited", message => message.Type == "exited");

        await other.SendAsync($$"""{"type":"replay","id":"4","pid":{{pid}}}""");
        var replayed = await other.UntilAsync("replayed", message => message.Type == "replayed");

        Assert.Equal(101, replayed.Count);
        Assert.Equal(Enumerable.Range(52, 99).Select(i => i.ToString(CultureInfo.InvariantCulture)), replayed.Take(99).Select(message => message.Data));
        Assert.Equal(["exited", "replayed"], replayed.TakeLast(2).Select(message => message.Type));
        Assert.Empty(await OldClients.DrainAsync(client));
    }

    [Theory]
    [InlineData("""{"type":"stop","id":"1","pid":999999999}""", "worker not found")]
    [InlineData("""{"type":"replay","id":"1","pid":999999999}""", "worker not found")]
    [InlineData("""{"type":"list","id":"1","since":"soon"}""", "invalid since timestamp")]
    [InlineData("""{"type":"start","id":"1"}""", "command is required")]
    [InlineData("""{"type":"dance","id":"1"}""", "unknown message type")]
    public async Task A_refusal_has_the_text_that_its_clients_match(string request, string text)
    {
        await using var server = await RunningServer.StartAsync(OldClients.AnyCommand);
        await using var client = await OldClients.ConnectAsync(server, "v0");

        await client.SendAsync(request);
        Assert.Equal($$"""{"type":"error","id":"1","message":"{{text}}"}""", (await client.ReadAsync()).ToString());
    }

    [Fact]
    public async Task An_exited_worker_cannot_be_stopped()
    {
        await using var server = await RunningServer.StartAsync(OldClients.AnyCommand);
        await using var client = await OldClients.ConnectAsync(server, "v0");
        await client.SendAsync("""{"type":"start","command":"true"}""");
        var exited = await client.ExpectAsync("exited", message => message.Type == "exited");

        await client.SendAsync($$"""{"type":"stop","pid":{{exited.Pid}}}""");
        Assert.Equal("""{"type":"error","message":"worker already exited"}""", (await client.ReadAsync()).ToString());
    }

    [Fact]
    public async Task Queued_tasks_and_those_of_actions_are_workers_once_they_have_a_process()
    {
        await using var server = await RunningServer.StartAsync("commands: any\ntask_pool: {size: 1, queue_size: 5}\n" + RunningServer.Shell);
        await using var client = await OldClients.ConnectAsync(server, "v0");
        await using var current = await server.ConnectAsync();
        var first = await current.StartShellAsync("first", "exec sleep 1000");
        Assert.Equal("queued", (await current.AskAsync("start", ("command", "true"), ("task_id", "second"))).Type);
        Assert.Equal("", (await client.ExpectAsync("queued", "second")).Id ?? "");

        var worker = Assert.Single(await WorkersAsync(client));
        Assert.Equal(first.Pid, worker.Pid);
        Assert.Equal(["-c", "exec sleep 1000"], worker.Json.GetProperty("args").EnumerateArray().Select(arg => arg.GetString()));
        await client.SendAsync($$"""{"type":"stop","pid":{{first.Pid}}}""");
        await client.ExpectAsync("exited", "second");
        Assert.Equal(["exited", "exited"], (await WorkersAsync(client)).Select(one => one.Text("state")));
    }

    private static async Task<List<WireMessage>> WorkersAsync(WireClient client, string? since = null)
    {
        var id = await (client.SendAsync("list", since is null ? [] : [("since", since)]));
        var answer = await client.ExpectAsync("workers", message => message.Id == id);
        Assert.Equal("workers", answer.Type);
        return [.. answer.Json.GetProperty("workers").EnumerateArray().Select(worker => new WireMessage(worker))];
    }

    private static IEnumerable<string> Fields(WireMessage message) => message.Json.EnumerateObject().Select(field => field.Name);
}
