using System.Net.Sockets;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Transports;

/// <summary>A client over standard input and output.</summary>
public sealed class StdioTests
{
    [Fact]
    public async Task A_conversation_is_lines_of_json_and_nothing_else_is_on_standard_output()
    {
        await using var server = await StdioServer.StartAsync();
        await server.SendAsync("""
            {"type":"start","id":"1","action":"sh","task_id":"t","params":{"script":"echo hello; echo world >&2"}}

            """);
        var heard = await server.UntilAsync(message => message.Is("exited", "t"));
        Assert.Equal("started", heard[0].Type);
        Assert.Equal(["hello", "world"], heard.Where(message => message.Type == "output").Select(message => message.Data).Order());

        await server.SendAsync("\r\n \n{\"type\":\"list\",\"id\":\"2\"}\r\n?\n");
        Assert.Equal(("tasks", "2"), (Assert.NotNull(await server.ReadAsync()).Type, "2"));
        Assert.Equal("invalid JSON at line 1, byte 1", Assert.NotNull(await server.ReadAsync()).Message);

        server.EndInput();
        Assert.Null(await server.ReadAsync());
        var (code, error) = await server.EndAsync();
        Assert.Equal(0, code);
        Assert.Contains(" stdio", error.Split('\n').First(line => line.StartsWith("overseer is ready", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_asked_before_the_end_of_input_is_answered_and_tasks_are_stopped()
    {
        await using var server = await StdioServer.StartAsync(RunningServer.Shell + "shutdown: stop\n");

        await server.SendAsync("""{"type":"start","id":"1","action":"sh","task_id":"t","params":{"script":"exec sleep 1000"}}""" + "\n" + """{"type":"list","id":"2"}""");
        server.EndInput();

        var heard = await server.UntilAsync(message => message.Is("exited", "t"));
        Assert.Contains(heard, message => message is { Type: "started", Id: "1" });
        Assert.Contains(heard, message => message is { Type: "tasks", Id: "2" });
        Assert.True(heard[^1].Intentional);
        Assert.Null(await server.ReadAsync());
        Assert.Equal(0, (await server.EndAsync()).Code);
    }

    [Fact]
    public async Task Tasks_go_on_after_the_end_of_input_where_shutdown_says_so()
    {
        await using var server = await StdioServer.StartAsync(RunningServer.Shell, "--shutdown", "keep");
        await server.SendAsync("""{"type":"start","id":"1","action":"sh","task_id":"t","params":{"script":"exec sleep 1000"}}""" + "\n");
        var pid = (await server.UntilAsync(message => message.Type == "started"))[^1].Pid;

        server.EndInput();
        Assert.Equal(0, (await server.EndAsync()).Code);

        Assert.True(Directory.Exists($"/proc/{pid}"));
        await using var next = ServerProcess.Begin(
            ServerProcess.Program, "serve", "--config", Path.Combine(server.Place, "overseer.yaml"), "--listen", "127.0.0.1:0", "--shutdown", "stop",
            "--state-dir", Path.Combine(server.Place, "state"), "--runtime-dir", Path.Combine(server.Place, "run"));
        await next.ReadyAsync();
        next.Signal("TERM");
        await next.EndAsync();
        Assert.False(Directory.Exists($"/proc/{pid}"));
    }

    [Fact]
    public async Task A_line_that_is_too_long_is_refused_and_the_next_one_is_read()
    {
        const int Most = 2048;
        await using var server = await StdioServer.StartAsync(RunningServer.Shell + "limits: {max_message_bytes: 2KiB}\n");

        await server.SendAsync(Padded(Most) + "\n" + Padded(Most + 1) + "\n" + Padded(50 * Most) + "\n" + Padded(Most) + "\n");

        Assert.Equal("tasks", Assert.NotNull(await server.ReadAsync()).Type);
        for (var i = 0; i < 2; i++)
        {
            var refused = Assert.NotNull(await server.ReadAsync());
            Assert.Equal(("error", "", "a message may have 2048 bytes (limits.max_message_bytes)"), (refused.Type, refused.Id, refused.Message));
        }

        Assert.Equal("tasks", Assert.NotNull(await server.ReadAsync()).Type);

        static string Padded(int bytes)
        {
            const string Start = """{"type":"list","id":"1","x":""" + "\"";
            return Start + new string('x', bytes - Start.Length - 2) + "\"}";
        }
    }

    [Fact]
    public async Task A_client_that_stops_reading_holds_up_nobody_and_misses_nothing()
    {
        const int Lines = 200_000;
        await using var server = await StdioServer.StartAsync();
        await using var other = await WireClient.ConnectAsync(new UnixDomainSocketEndPoint(server.Socket));
        await other.AskAsync("subscribe", ("task_id", "t"));

        await server.SendAsync($$$"""{"type":"start","id":"1","action":"sh","task_id":"t","params":{"script":"seq {{{Lines}}}"}}""" + "\n");
        var heard = await other.UntilAsync("exited", "t");
        Assert.Equal(Lines, heard.Count(message => message.Type == "output"));

        var seq = 0L;
        foreach (var message in await server.UntilAsync(message => message.Is("exited", "t")))
        {
            Assert.Equal(message.Type == "output" ? ++seq : seq, message.Type == "output" ? message.Seq : seq);
        }

        Assert.Equal(Lines, seq);
    }

    [Fact]
    public async Task A_client_that_never_reads_does_not_keep_the_server_from_ending()
    {
        await using var server = await StdioServer.StartAsync();
        await using var other = await WireClient.ConnectAsync(new UnixDomainSocketEndPoint(server.Socket));
        await other.AskAsync("subscribe", ("task_id", "t"));
        await server.SendAsync("""{"type":"start","id":"1","action":"sh","task_id":"t","params":{"script":"seq 100000"}}""" + "\n");
        await other.UntilAsync("exited", "t");

        server.EndInput();

        Assert.Equal(0, (await server.EndAsync()).Code);
    }

    [Fact]
    public async Task The_protocol_setting_holds_for_it()
    {
        await using var server = await StdioServer.StartAsync(RunningServer.Shell, "--protocol", "v1");

        await server.SendAsync("""{"type":"list"}""" + "\n");

        var answer = Assert.NotNull(await server.ReadAsync());
        Assert.Equal(("tasks", null), (answer.Type, answer.Id));
    }
}
