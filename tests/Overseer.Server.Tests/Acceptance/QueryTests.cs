using System.Text.Json;
using System.Text.Json.Nodes;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Acceptance;

/// <summary>list, describe, replay: questions about what there is and was.</summary>
public sealed class QueryTests
{
    private const string Actions = """
        actions:
          sh:
            type: exec
            tags: [shell]
            config:
              entrypoint: sh
              command: ["-c", "[[.script]]"]
              parameters: {script: , token: {default: "", secret: true, description: "A secret"}}
          mode:
            type: exec
            meta: {description: "Says a mode"}
            dedupe_key: [mode]
            config:
              entrypoint: echo
              command: ["[[.mode]]"]
              parameters: {mode: {default: fast, enum: [fast, full]}}

        """;

    [Fact]
    public async Task List_shows_what_fits_all_filters_by_number()
    {
        await using var server = await RunningServer.StartAsync(Actions);
        await using var client = await server.ConnectAsync();
        await client.StartShellAsync("a", "exit 0", ("tags", new JsonArray("ci")), ("groups", new JsonArray("night")));
        await client.ExpectAsync("exited", "a");
        await client.StartShellAsync("b", "exec sleep 1000", ("tags", new JsonArray("ci", "slow")), ("name", "the-slow-one"));
        await client.AskAsync("start", ("action", "mode"), ("task_id", "c"), ("groups", new JsonArray("night")));
        var exited = await client.ExpectAsync("exited", "c");

        Assert.Equal("a b c", await Ids());
        Assert.Equal("b", await Ids(("state", "active")));
        Assert.Equal("a c", await Ids(("state", "stopped")));
        Assert.Equal("", await Ids(("state", "errored")));
        Assert.Equal("a b", await Ids(("action", "sh")));
        Assert.Equal("", await Ids(("action", "other")));
        Assert.Equal("a b", await Ids(("tag", "ci")));
        Assert.Equal("a b", await Ids(("tag", "shell")));
        Assert.Equal("a c", await Ids(("group", "night")));
        Assert.Equal("a", await Ids(("group", "night"), ("tag", "ci"), ("state", "stopped"), ("action", "sh")));
        Assert.Equal("a b", await Ids(("limit", 2)));
        Assert.Equal("c", await Ids(("limit", 2), ("after", 2)));
        Assert.Equal("", await Ids(("after", 3)));
        Assert.Equal("c", await Ids(("since", exited.Text("ts"))));
        Assert.Equal("", await Ids(("since", "2999-01-01T00:00:00Z")));
        Assert.Equal("a b c", await Ids(("since", "2001-01-01T00:00:00+05:00")));

        var slow = (await client.ListAsync(("after", 1), ("limit", 1))).Single();
        Assert.Equal(
            ("b", 2L, "sh", "the-slow-one", "active", "running", 0L, (long?)null),
            (slow.TaskId, slow.Number("number"), slow.Text("action"), slow.Text("name"), slow.Text("state"), slow.Text("worker_state"), slow.Number("restart_count"), slow.Number("last_exit_code")));
        Assert.Equal("""["shell","ci","slow"]""", slow.Json.GetProperty("tags").GetRawText());

        async Task<string> Ids(params (string Name, JsonNode? Value)[] filters) => string.Join(' ', (await client.ListAsync(filters)).Select(task => task.TaskId));
    }

    [Fact]
    public async Task Secrets_are_masked_in_lists()
    {
        await using var server = await RunningServer.StartAsync(Actions);
        await using var client = await server.ConnectAsync();
        var parameters = new JsonObject { ["script"] = "exit 0", ["token"] = "s3cr3t" };
        Assert.Equal("started", (await client.AskAsync("start", ("action", "sh"), ("params", parameters))).Type);

        var task = (await client.ListAsync()).Single();

        Assert.Equal("""{"script":"exit 0","token":"***"}""", task.Json.GetProperty("params").GetRawText());
        Assert.DoesNotContain("s3cr3t", task.Json.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Describe_tells_what_can_be_started()
    {
        await using var server = await RunningServer.StartAsync(Actions);
        await using var client = await server.ConnectAsync();

        var all = (await client.AskAsync("describe")).Json.GetProperty("actions");
        Assert.Equal(["mode", "sh"], all.EnumerateArray().Select(action => action.GetProperty("name").GetString()));
        var mode = (await client.AskAsync("describe", ("action", "mode"))).Json.GetProperty("actions").EnumerateArray().Single();
        Assert.StartsWith(
            """{"name":"mode","type":"exec","description":"Says a mode","params":{"mode":{"default":"fast","enum":["fast","full"]}},"task_pool":{"limit":0,""",
            mode.GetRawText(),
            StringComparison.Ordinal);
        Assert.EndsWith("""},"retry":{},"dedupe_key":["mode"]}""", mode.GetRawText(), StringComparison.Ordinal);
        var sh = (await client.AskAsync("describe", ("action", "sh"))).Json.GetProperty("actions").EnumerateArray().Single();
        Assert.Equal("""{"script":null,"token":{"default":"***","description":"A secret","secret":true}}""", sh.GetProperty("params").GetRawText());
    }

    [Fact]
    public async Task Refusals_come_to_the_letter()
    {
        await using var server = await RunningServer.StartAsync(Actions);
        await using var client = await server.ConnectAsync();
        await using var empty = await RunningServer.StartAsync("{}");
        await using var lonely = await empty.ConnectAsync();

        Assert.Equal("unknown action: \"x\"", (await client.AskAsync("describe", ("action", "x"))).Message);
        Assert.Equal("unknown action: \"x\"", (await client.AskAsync("start", ("action", "x"))).Message);
        Assert.Equal("unknown action: \"a\\\"b\\n\"", (await client.AskAsync("start", ("action", "a\"b\n"))).Message);
        Assert.Equal("unknown action: \"a\\\"b\\n\"", (await client.AskAsync("describe", ("action", "a\"b\n"))).Message);
        Assert.Equal("no actions configured", (await lonely.AskAsync("start", ("action", "x"))).Message);
        Assert.Equal("no actions configured", (await lonely.AskAsync("describe", ("action", "x"))).Message);
        Assert.Equal("[]", (await lonely.AskAsync("describe")).Json.GetProperty("actions").GetRawText());
        Assert.Equal("unknown message type: dance", (await client.AskAsync("dance")).Message);
        Assert.Equal("task not found", (await client.AskAsync("replay", ("task_id", "x"))).Message);
        Assert.Equal("task not found", (await client.AskAsync("replay", ("pid", 1))).Message);
        Assert.Equal("validation error: exec: required parameter \"script\" is missing", (await client.AskAsync("start", ("action", "sh"))).Message);
        Assert.StartsWith("validation error: exec: ", (await client.AskAsync("start", ("action", "mode"), ("params", new JsonObject { ["mode"] = "slow" }))).Message, StringComparison.Ordinal);
        Assert.Equal("error", (await client.AskAsync("start", ("command", "ls"))).Type);
        Assert.Empty(await client.ListAsync());
    }

    [Fact]
    public async Task Names_as_long_as_a_message_come_back_short()
    {
        await using var server = await RunningServer.StartAsync(Actions);
        await using var client = await server.ConnectAsync();
        var name = new string('x', 900_000);

        foreach (var type in (string[])["start", "describe"])
        {
            var refused = await client.AskAsync(type, ("action", name));
            Assert.StartsWith("unknown action: \"xxx", refused.Message, StringComparison.Ordinal);
            Assert.InRange(refused.Message!.Length, 1, 200);
        }
    }

    [Fact]
    public async Task A_running_twin_is_named()
    {
        await using var server = await RunningServer.StartAsync(Actions.Replace("entrypoint: echo", "entrypoint: sleep", StringComparison.Ordinal).Replace("\"[[.mode]]\"", "\"1000\"", StringComparison.Ordinal));
        await using var client = await server.ConnectAsync();
        await client.AskAsync("start", ("action", "mode"), ("task_id", "first"));

        var refused = await client.AskAsync("start", ("action", "mode"), ("task_id", "second"));

        Assert.Equal(("duplicate task: already running as first", "first"), (refused.Message, refused.Text("existing_task_id")));
        Assert.Equal("started", (await client.AskAsync("start", ("action", "mode"), ("params", new JsonObject { ["mode"] = "full" }))).Type);
    }

    [Fact]
    public async Task Replay_gives_the_last_hundred_events_or_what_is_asked_for()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        var first = await client.StartShellAsync("t", "i=0; while [ $i -lt 150 ]; do i=$((i+1)); echo $i; done");
        var firstExit = await client.ExpectAsync("exited", "t");
        var second = await client.StartShellAsync("t", "echo 151; echo 152; exit 3");
        await client.ExpectAsync("exited", "t");

        // 150 outputs, an exit, 2 outputs, an exit: 154 events.
        var byDefault = await ReplayAsync();
        Assert.Equal(100, byDefault.Count);
        Assert.Equal((55L, "exited", 3), (byDefault[0].Seq, byDefault[^1].Type, byDefault[^1].ExitCode));
        Assert.Equal("exited", byDefault[96].Type);
        Assert.Equal((first.Pid, second.Pid), (byDefault[95].Pid, byDefault[97].Pid));

        Assert.Equal(["152", null], (await ReplayAsync(("limit", 2))).Select(one => one.Data));
        Assert.Equal(154, (await ReplayAsync(("limit", 1000))).Count);
        Assert.Equal(154, (await ReplayAsync(("from_seq", 1))).Count);
        Assert.Equal(["150", null, "151", "152", null], (await ReplayAsync(("from_seq", 150))).Select(one => one.Data));
        Assert.Equal(["150", null], (await ReplayAsync(("from_seq", 150), ("limit", 2))).Select(one => one.Data));
        Assert.Equal([152L], (await ReplayAsync(("from_seq", 152))).Where(one => one.Type == "output").Select(one => one.Seq));
        Assert.DoesNotContain(await ReplayAsync(("from_seq", 1000)), one => one.Type == "output");
        Assert.Equal(4, (await ReplayAsync(("since", firstExit.Text("ts")))).Count(one => one.Type == "exited" || one.Seq > 150));
        Assert.Empty(await ReplayAsync(("since", "2999-01-01T00:00:00Z")));
        Assert.Equal(["152", null], (await ReplayByPidAsync(second.Pid, 2)).Select(one => one.Data));

        // It subscribes to nothing.
        await using var other = await server.ConnectAsync();
        var id = await other.SendAsync("replay", ("task_id", "t"), ("limit", 1));
        await other.ExpectAsync("replayed", message => message.Id == id);
        await client.StartShellAsync("t", "echo 153");
        await client.ExpectAsync("exited", "t");
        Assert.Empty(await other.DrainAsync());

        Task<List<WireMessage>> ReplayAsync(params (string Name, JsonNode? Value)[] fields) => Replayed([("task_id", "t"), .. fields]);

        Task<List<WireMessage>> ReplayByPidAsync(int pid, int limit) => Replayed([("pid", pid), ("limit", limit)]);

        async Task<List<WireMessage>> Replayed((string Name, JsonNode? Value)[] fields)
        {
            var request = await client.SendAsync("replay", fields);
            var all = await client.UntilAsync("replayed", message => message.Id == request);
            var events = all.SkipLast(1).ToList();
            Assert.Equal(("replayed", "t", (long?)events.Count), (all[^1].Type, all[^1].TaskId, all[^1].Number("count")));
            return events;
        }
    }

    [Fact]
    public async Task A_replay_of_the_same_events_is_the_same_text()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.StartShellAsync("t", "printf 'a\\tb\\n\\377\\n'; kill -KILL $$");
        var live = await client.UntilAsync("exited", "t");

        await client.SendAsync("replay", ("task_id", "t"));
        var again = await client.UntilAsync("replayed", "t");

        Assert.Equal(live.Select(one => one.Json.GetRawText()), again.SkipLast(1).Select(one => one.Json.GetRawText()));
    }
}
