using System.Net;
using System.Net.Sockets;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Hub;

/// <summary>Containers report, viewers watch: the rules of sessions at their edges.</summary>
public sealed class SessionTests
{
    [Fact]
    public async Task What_a_container_says_reaches_every_viewer_as_it_came_and_in_its_case()
    {
        await using var server = await RunningServer.StartAsync();
        await using var container = await server.ConnectHubAsync();
        await using var capitals = await server.ConnectHubAsync("?containerID=box");
        await using var lower = await server.ConnectHubAsync();
        await lower.SayAsync("subscribe", "box");

        var greeting = await capitals.ReadAsync();
        Assert.Equal(("STATUS", "running", "Connected to container log stream"), (greeting.Type, greeting.Data("status"), greeting.Data("message")));
        await container.SayAsync("STATUS", "box", """{"status":"starting"}""");
        await container.SayAsync("LOG", "box", """{"level":"odd","message":"a\nb","metadata":{"n":1.50}}""", ",\"host\":\"h\",\"auth\":{\"token\":\"x\"}");
        await container.SayAsync("COMPLETE", "box", """{"exitCode":3,"duration":7}""");

        foreach (var (viewer, word) in new[] { (capitals, (Func<string, string>)(type => type)), (lower, type => type.ToLowerInvariant()) })
        {
            Assert.Equal($$$"""{"seq":1,"type":"{{{word("STATUS")}}}","containerID":"box","timestamp":"t","data":{"status":"starting"}}""", (await viewer.ReadAsync()).Json.GetRawText());
            Assert.Equal($$$"""{"seq":2,"type":"{{{word("LOG")}}}","containerID":"box","timestamp":"t","data":{"level":"odd","message":"a\nb","metadata":{"n":1.50}},"host":"h"}""", (await viewer.ReadAsync()).Json.GetRawText());
            Assert.Equal($$$"""{"seq":3,"type":"{{{word("COMPLETE")}}}","containerID":"box","timestamp":"t","data":{"exitCode":3,"duration":7}}""", (await viewer.ReadAsync()).Json.GetRawText());
        }
    }

    [Fact]
    public async Task A_session_is_a_task_like_any_other()
    {
        await using var server = await RunningServer.StartAsync();
        await using var container = await server.ConnectHubAsync();
        await using var client = await server.ConnectAsync();
        await client.AskAsync("subscribe", ("task_id", "box"));

        await container.LogAsync("box", "one");
        await container.SayAsync("LOG", "box", """{"level":"error","message":"two"}""");
        await container.SayAsync("STATUS", "box", """{"status":"running","message":"working"}""");
        await container.SettleAsync("box");

        var lines = new[] { await client.ExpectAsync("output", "box"), await client.ExpectAsync("output", "box"), await client.ExpectAsync("output", "box") };
        Assert.Equal([("stdout", "one"), ("stderr", "two"), ("stdout", "status: running: working")], lines.Select(line => (line.Stream!, line.Data!)));
        var task = Assert.Single(await client.ListAsync());
        Assert.Equal(("session", "session", "active", "running"), (task.Text("action"), task.Text("origin"), task.Text("state"), task.Text("note")));

        await container.SayAsync("COMPLETE", "box", """{"exitCode":5}""");
        Assert.Equal(5, (await client.ExpectAsync("exited", "box")).ExitCode);
        task = Assert.Single(await client.ListAsync());
        Assert.Equal(("stopped", 5L), (task.Text("state"), task.Number("last_exit_code")));
    }

    [Fact]
    public async Task Nobody_gets_back_what_he_said_himself()
    {
        await using var server = await RunningServer.StartAsync();
        await using var both = await server.ConnectHubAsync();
        await using var other = await server.ConnectHubAsync();
        await both.LogAsync("box", "before");
        await both.SettleAsync("box");
        await both.SayAsync("SUBSCRIBE", "box");
        Assert.Equal("before", (await both.HearAsync("LOG")).Data("message"));

        for (var i = 0; i < 50; i++)
        {
            await both.LogAsync("box", $"own {i}");
            await both.SettleAsync("box", """{"delivery":{"id":"0e984725-c51c-4bf4-9960-e1c80e27aba0"}}""");
            await other.LogAsync("box", $"other {i}");
            Assert.Equal($"other {i}", (await both.HearAsync("LOG")).Data("message"));
        }
    }

    [Fact]
    public async Task A_viewer_gets_as_much_of_the_past_as_it_asks_for()
    {
        await using var server = await RunningServer.StartAsync();
        await using var container = await server.ConnectHubAsync();
        for (var i = 1; i <= 150; i++)
        {
            await container.LogAsync("box", $"{i}");
        }

        await container.SettleAsync("box");
        Assert.Equal(51, await FirstAsync("{}"));
        Assert.Equal(150, await FirstAsync("""{"history":1}"""));
        Assert.Equal(1, await FirstAsync("""{"history":1000}"""));
        Assert.Equal(1, await FirstAsync("""{"from_seq":0}"""));
        Assert.Equal(17, await FirstAsync("""{"from_seq":17,"history":3}"""));

        await using var late = await server.ConnectHubAsync();
        await late.SayAsync("SUBSCRIBE", "box", """{"history":0}""");
        await late.SettleAsync("other");
        await container.LogAsync("box", "151");
        Assert.Equal(151, (await late.ReadAsync()).Seq);

        async Task<long> FirstAsync(string data)
        {
            await using var viewer = await server.ConnectHubAsync();
            await viewer.SayAsync("SUBSCRIBE", "box", data);
            return (await viewer.ReadAsync()).Seq;
        }
    }

    [Fact]
    public async Task A_connection_that_turns_to_lower_case_misses_nothing_and_gets_nothing_twice()
    {
        await using var server = await RunningServer.StartAsync();
        await using var container = await server.ConnectHubAsync();
        await using var viewer = await server.ConnectHubAsync("?containerID=box");
        await viewer.ReadAsync();
        await container.LogAsync("box", "1");
        Assert.Equal(("LOG", 1L), (await viewer.ReadAsync() is var first ? (first.Type, first.Seq) : default));

        await viewer.SayAsync("heartbeat", "another");
        await viewer.HearAsync("heartbeat");
        await container.LogAsync("box", "2");
        Assert.Equal(("log", 2L), (await viewer.ReadAsync() is var second ? (second.Type, second.Seq) : default));
    }

    [Fact]
    public async Task An_unsubscribed_viewer_hears_no_more()
    {
        await using var server = await RunningServer.StartAsync();
        await using var container = await server.ConnectHubAsync();
        await using var viewer = await server.ConnectHubAsync("?containerID=box");
        await viewer.ReadAsync();
        await viewer.SayAsync("UNSUBSCRIBE", "box");
        await viewer.SettleAsync("other");
        await container.LogAsync("box", "unheard");
        await container.SettleAsync("box");

        await viewer.SayAsync("SUBSCRIBE", "box", """{"history":0}""");
        await viewer.SettleAsync("other");
        await container.LogAsync("box", "heard");
        Assert.Equal("heard", (await viewer.HearAsync("LOG")).Data("message"));
    }

    [Fact]
    public async Task Any_task_can_be_watched()
    {
        await using var server = await RunningServer.StartAsync();
        await using var viewer = await server.ConnectHubAsync("?containerID=job");
        await viewer.ReadAsync();
        await using var client = await server.ConnectAsync();
        await client.StartShellAsync("job", "echo out; echo err >&2; exit 4");

        Assert.Equal("running", (await viewer.HearAsync("STATUS")).Data("status"));
        var logs = new[] { await viewer.HearAsync("LOG"), await viewer.HearAsync("LOG") };
        Assert.Equal([("error", "err"), ("info", "out")], logs.Select(log => (log.Data("level")!, log.Data("message")!)).Order());
        Assert.Equal("4", (await viewer.HearAsync("COMPLETE")).Data("exitCode"));
    }

    [Fact]
    public async Task The_id_of_another_task_is_refused()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.StartShellAsync("job", "exit 0");
        await using var container = await server.ConnectHubAsync();

        await container.LogAsync("job", "mine");
        Assert.Equal("job", (await container.HearErrorAsync("CONTAINER_ID_TAKEN")).Text("containerID"));
        await container.LogAsync("box", "m");
        await container.SettleAsync("box");
        var error = await client.AskAsync("start", ("action", "sh"), ("task_id", "box"), ("params", new System.Text.Json.Nodes.JsonObject { ["script"] = "true" }));
        Assert.Equal("error", error.Type);
    }

    [Fact]
    public async Task A_message_that_cannot_be_taken_is_answered_with_the_field_that_is_wrong_and_the_rest_goes_on()
    {
        await using var server = await RunningServer.StartAsync();
        await using var container = await server.ConnectHubAsync("?containerID=box");
        await container.ReadAsync();
        await container.SendAsync("{");
        await container.SendAsync("""{"type":"log","containerID":"box","data":{"level":7}}""");
        await container.SendAsync("""{"type":"dance","containerID":"box"}""");

        Assert.Contains("invalid JSON", (await container.HearErrorAsync("BAD_MESSAGE")).Data("error"), StringComparison.Ordinal);
        Assert.Contains("data.level", (await container.HearErrorAsync("BAD_MESSAGE")).Data("details"), StringComparison.Ordinal);
        Assert.Equal("unknown type: dance", (await container.HearErrorAsync("BAD_MESSAGE")).Data("error"));
        await using var other = await server.ConnectHubAsync();
        await other.LogAsync("box", "still here");
        Assert.Equal("still here", (await container.ExpectAsync("the log", message => message.Type is "LOG" or "log")).Data("message"));
    }

    [Fact]
    public async Task Above_the_bound_no_container_is_let_in_until_another_is_done()
    {
        await using var server = await RunningServer.StartAsync("hub: {max_sessions: 2}");
        await using var container = await server.ConnectHubAsync();
        await container.LogAsync("a", "m");
        await container.LogAsync("b", "m");
        await container.LogAsync("c", "m");
        Assert.Equal("c", (await container.HearErrorAsync("MAX_SESSIONS")).Text("containerID"));

        await container.SayAsync("COMPLETE", "a");
        await container.LogAsync("c", "m");
        await container.SettleAsync("c");
        await using var client = await server.ConnectAsync();
        Assert.Equal(["a", "b", "c"], (await client.ListAsync()).Select(task => task.TaskId).Order());
    }

    [Fact]
    public async Task A_silent_container_ends_as_an_error_that_its_viewers_are_told_and_comes_back_with_its_next_message()
    {
        await using var server = await RunningServer.StartAsync("hub: {session_timeout: 500ms}");
        await using var viewer = await server.ConnectHubAsync("?containerID=box");
        await viewer.ReadAsync();
        await using var container = await server.ConnectHubAsync();
        await container.LogAsync("box", "one");

        Assert.Equal("one", (await viewer.HearAsync("LOG")).Data("message"));
        Assert.Equal(("SESSION_TIMEOUT", 2L), (await viewer.HearErrorAsync("SESSION_TIMEOUT") is var error ? (error.Data("code"), error.Seq) : default));
        await container.LogAsync("box", "two");
        Assert.Equal(("two", 3L), (await viewer.HearAsync("LOG") is var log ? (log.Data("message"), log.Seq) : default));
        await using var client = await server.ConnectAsync();
        Assert.Equal("active", Assert.Single(await client.ListAsync()).Text("state"));
    }

    [Fact]
    public async Task Heartbeats_keep_a_session_open_and_those_of_viewers_do_not()
    {
        await using var server = await RunningServer.StartAsync("hub: {session_timeout: 1s}");
        await using var container = await server.ConnectHubAsync();
        await container.LogAsync("box", "one");
        for (var i = 0; i < 8; i++)
        {
            await Task.Delay(250);
            await container.SettleAsync("box");
        }

        await using var client = await server.ConnectAsync();
        Assert.Equal("active", Assert.Single(await client.ListAsync()).Text("state"));
        await using var viewer = await server.ConnectHubAsync("?containerID=box");
        using var enough = new CancellationTokenSource(WireClient.Deadline);
        var beating = Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
            {
                await viewer.SayAsync("HEARTBEAT", "box");
                await Task.Delay(100);
            }
        });
        await viewer.HearErrorAsync("SESSION_TIMEOUT");
        await enough.CancelAsync();
        await beating;
    }

    [Theory]
    [InlineData("completed", 0)]
    [InlineData("FAILED", -1)]
    [InlineData("error", -1)]
    public async Task Who_leaves_after_a_final_status_is_done(string status, int exitCode)
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.AskAsync("subscribe", ("task_id", "box"));
        await using (var container = await server.ConnectHubAsync())
        {
            await using var second = await server.ConnectHubAsync();
            await second.LogAsync("box", "also here");
            await container.SayAsync("STATUS", "box", $$"""{"status":"{{status}}"}""");
            await container.SettleAsync("box");
            await second.SettleAsync("box");
        }

        Assert.Equal(exitCode, (await client.ExpectAsync("exited", "box")).ExitCode);
    }

    [Fact]
    public async Task Who_leaves_without_a_final_status_may_come_back_to_the_same_session()
    {
        await using var server = await RunningServer.StartAsync();
        await using (var container = await server.ConnectHubAsync())
        {
            await container.SayAsync("STATUS", "box", """{"status":"running"}""");
            await container.SettleAsync("box");
        }

        await using var again = await server.ConnectHubAsync();
        await again.LogAsync("box", "back");
        await again.SayAsync("COMPLETE", "box", """{"exitCode":0}""");
        await using var client = await server.ConnectAsync();
        await client.AskAsync("subscribe", ("task_id", "box"), ("from_seq", 1));
        await client.ExpectAsync("exited", "box");
        Assert.Equal(0, Assert.Single(await client.ListAsync()).Number("restart_count"));
    }

    [Fact]
    public async Task A_command_goes_to_the_containers_connections_alone()
    {
        await using var server = await RunningServer.StartAsync();
        await using var container = await server.ConnectHubAsync();
        await using var viewer = await server.ConnectHubAsync("?containerID=box");
        await viewer.ReadAsync();
        await viewer.SayAsync("COMMAND", "box", """{"command":"stop"}""");
        await viewer.HearErrorAsync("NO_PRODUCER");

        await container.LogAsync("box", "m");
        await container.SettleAsync("box");
        await viewer.SayAsync("command", "box", """{"command":"pause","args":["5s"]}""", ",\"by\":\"me\"");
        Assert.Equal("""{"type":"COMMAND","containerID":"box","timestamp":"t","data":{"command":"pause","args":["5s"]},"by":"me"}""", (await container.HearAsync("COMMAND")).Json.GetRawText());
        await container.LogAsync("box", "paused");
        Assert.Equal(2, (await viewer.ExpectAsync("the log", message => message.Data("message") == "paused")).Seq);
    }

    [Fact]
    public async Task A_stop_asks_the_container_and_its_end_is_the_end()
    {
        await using var server = await RunningServer.StartAsync();
        await using var container = await server.ConnectHubAsync();
        await container.LogAsync("box", "m");
        await container.SettleAsync("box");
        await using var client = await server.ConnectAsync();
        await client.AskAsync("subscribe", ("task_id", "box"));
        await client.SendAsync("stop", ("task_id", "box"));

        Assert.Equal("stop", (await container.HearAsync("COMMAND")).Data("command"));
        await container.SayAsync("COMPLETE", "box", """{"exitCode":143}""");
        var exited = await client.ExpectAsync("exited", "box");
        Assert.Equal((143, true), (exited.ExitCode, exited.Intentional));
    }

    [Fact]
    public async Task A_container_that_does_not_heed_a_stop_is_cut_off_and_its_viewers_are_told()
    {
        await using var server = await RunningServer.StartAsync();
        await using var container = await server.ConnectHubAsync();
        await using var viewer = await server.ConnectHubAsync("?containerID=box");
        await container.LogAsync("box", "m");
        await container.SettleAsync("box");
        await using var client = await server.ConnectAsync();
        await client.AskAsync("subscribe", ("task_id", "box"));
        await client.SendAsync("stop", ("task_id", "box"), ("grace", "300ms"));

        await container.HearAsync("COMMAND");
        await viewer.HearErrorAsync("SESSION_KILLED");
        Assert.Equal("SIGKILL", (await client.ExpectAsync("exited", "box")).Signal);
    }

    [Fact]
    public async Task A_stop_of_a_session_that_nobody_reports_for_ends_it_at_once()
    {
        await using var server = await RunningServer.StartAsync();
        await using (var container = await server.ConnectHubAsync())
        {
            await container.LogAsync("box", "m");
            await container.SettleAsync("box");
        }

        await using var client = await server.ConnectAsync();
        await client.AskAsync("subscribe", ("task_id", "box"));
        await client.SendAsync("stop", ("task_id", "box"), ("grace", "20s"));
        await client.ExpectAsync("exited", "box");
    }

    [Fact]
    public async Task Each_delivery_is_kept_once_whoever_brings_it_again()
    {
        const string Id = "0e984725-c51c-4bf4-9960-e1c80e27aba0";
        await using var server = await RunningServer.StartAsync();
        await using var viewer = await server.ConnectHubAsync("?containerID=box");
        await viewer.ReadAsync();
        await using (var first = await server.ConnectHubAsync())
        {
            Assert.Contains("\"n\":0", (await first.SettleAsync("box", $$$"""{"delivery":{"id":"{{{Id}}}"}}""")).Data("delivery"), StringComparison.Ordinal);
            for (var n = 1; n <= 20; n++)
            {
                await first.LogAsync("box", $"{n}", Number(n));
            }

            Assert.Contains("\"n\":20", (await first.SettleAsync("box", $$$"""{"delivery":{"id":"{{{Id}}}"}}""")).Data("delivery"), StringComparison.Ordinal);
        }

        await using var second = await server.ConnectHubAsync();
        for (var n = 15; n <= 30; n++)
        {
            await second.LogAsync("box", $"{n}", Number(n));
            await second.LogAsync("box", $"other {n}", $$$""","delivery":{"id":"1e984725-c51c-4bf4-9960-e1c80e27aba0","n":{{{n}}}}""");
        }

        await second.SayAsync("COMPLETE", "box", "{}", Number(31));
        var heard = await viewer.UntilAsync("complete", message => message.Type == "COMPLETE");
        Assert.Equal(Enumerable.Range(1, 30).Select(n => $"{n}"), heard.Where(message => message.Type == "LOG" && !message.Data("message")!.StartsWith("other", StringComparison.Ordinal)).Select(message => message.Data("message")));
        Assert.Equal(16, heard.Count(message => message.Type == "LOG" && message.Data("message")!.StartsWith("other", StringComparison.Ordinal)));

        // The end was delivered: told again it opens nothing.
        await second.SayAsync("COMPLETE", "box", "{}", Number(31));
        Assert.Contains("\"n\":31", (await second.SettleAsync("box", $$$"""{"delivery":{"id":"{{{Id}}}"}}""")).Data("delivery"), StringComparison.Ordinal);
        await using var client = await server.ConnectAsync();
        Assert.Equal("stopped", Assert.Single(await client.ListAsync()).Text("state"));

        static string Number(int n) => $$$""","delivery":{"id":"{{{Id}}}","n":{{{n}}}}""";
    }

    [Fact]
    public async Task Many_messages_at_once_are_all_kept_in_their_order_on_both_streams()
    {
        await using var server = await RunningServer.StartAsync();
        await using var viewer = await server.ConnectHubAsync("?containerID=box");
        await viewer.ReadAsync();
        await using var container = await server.ConnectHubAsync();
        var said = Task.Run(async () =>
        {
            for (var i = 1; i <= 20_000; i++)
            {
                await container.SayAsync("LOG", "box", $$"""{"level":"{{(i % 7 == 0 ? "error" : "info")}}","message":"{{i}}"}""");
            }
        });

        for (var i = 1; i <= 20_000; i++)
        {
            var log = await viewer.ReadAsync();
            Assert.Equal((i, $"{i}"), (log.Seq, log.Data("message")));
        }

        await said;
    }

    [Fact]
    public async Task A_message_at_the_bound_is_kept_and_one_above_it_closes_the_connection()
    {
        await using var server = await RunningServer.StartAsync("hub: {max_message_bytes: 2KiB}");
        await using var viewer = await server.ConnectHubAsync("?containerID=box");
        await viewer.ReadAsync();
        await using var container = await server.ConnectHubAsync();
        const string Around = """{"type":"LOG","containerID":"box","timestamp":"t","data":{"message":""}}""";
        await container.LogAsync("box", "m");
        await container.SendAsync(Around.Replace("\"\"", $"\"{new string('x', 2048 - Around.Length)}\"", StringComparison.Ordinal));
        Assert.Equal("m", (await viewer.HearAsync("LOG")).Data("message"));
        Assert.Equal(2048 - Around.Length, (await viewer.HearAsync("LOG")).Data("message")!.Length);

        await container.SendAsync(Around.Replace("\"\"", $"\"{new string('x', 2049 - Around.Length)}\"", StringComparison.Ordinal));
        Assert.Equal(1009, await container.ClosedAsync());
    }

    [Fact]
    public async Task The_largest_message_there_may_be_is_one_line()
    {
        await using var server = await RunningServer.StartAsync("limits: {max_line_bytes: 4KiB}");
        await using var viewer = await server.ConnectHubAsync("?containerID=box");
        await viewer.ReadAsync();
        await using var container = await server.ConnectHubAsync();
        await container.LogAsync("box", new string('x', 5000));
        await container.HearErrorAsync("MESSAGE_TOO_LARGE");
        await container.LogAsync("box", new string('x', 4000));
        Assert.Equal(4000, (await viewer.HearAsync("LOG")).Data("message")!.Length);
    }

    [Fact]
    public async Task The_hub_can_be_turned_off_and_on_while_the_server_runs()
    {
        await using var server = await RunningServer.StartAsync("hub: {session_timeout: 1m}");
        await using var container = await server.ConnectHubAsync();
        await container.LogAsync("box", "m");
        await container.SettleAsync("box");
        server.Configure("hub: false");
        await using var client = await server.ConnectAsync();
        Assert.Equal("reloaded", (await client.AskAsync("reload")).Type);
        Assert.Equal(1008, await container.ClosedAsync());
        var refused = await Assert.ThrowsAsync<System.Net.WebSockets.WebSocketException>(() => server.ConnectHubAsync());
        Assert.Contains("404", refused.Message, StringComparison.Ordinal);

        server.Configure("hub: true");
        await client.AskAsync("reload");
        await using var again = await server.ConnectHubAsync();
        await again.LogAsync("box", "back");
        await again.SettleAsync("box");
        Assert.Equal("active", Assert.Single(await client.ListAsync()).Text("state"));
    }

    [Fact]
    public async Task A_peer_on_the_servers_own_socket_may_report_too()
    {
        await using var server = await RunningServer.StartAsync("hub: {token: some-token}");
        await using var container = await HubWire.ConnectAsync(new UnixDomainSocketEndPoint(server.Places.ServerSocket));
        await container.LogAsync("box", "m");
        await container.SettleAsync("box");
        await using var client = await server.ConnectUnixAsync();
        Assert.Equal("box", Assert.Single(await client.ListAsync()).TaskId);
    }
}
