using Overseer.Server.Tests.Foreign;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Classic;

/// <summary>The program under the name <c>sticky-overseer</c>, as its users run it.</summary>
public sealed class StickyOverseerTests : IDisposable
{
    private readonly string _place = Directory.CreateTempSubdirectory("overseer-sticky-").FullName;

    public StickyOverseerTests() => File.CreateSymbolicLink(PathOf("sticky-overseer"), ServerProcess.Program);

    public void Dispose() => Directory.Delete(_place, recursive: true);

    [Theory]
    [InlineData("-command")]
    [InlineData("--command")]
    public async Task A_pinned_command_makes_v1_the_protocol_and_is_the_only_one(string flag)
    {
        await using var server = Begin(flag, "/bin/echo");
        await using var client = await ConnectAsync(await server.ReadyAsync());

        await client.SendAsync("""{"type":"start","args":["hello"]}""");
        var events = await client.UntilAsync("exited", message => message.Type == "exited");
        Assert.Equal(["started", "output", "exited"], events.Select(message => message.Type));
        Assert.Equal(("hello", null), (events[1].Data, events[0].Id));
        await client.SendAsync("""{"type":"start","command":"/bin/true"}""");
        Assert.Equal("""{"type":"error","message":"command must be \"/bin/echo\" (pinned)"}""", (await client.ReadAsync()).ToString());
    }

    [Fact]
    public async Task Without_a_file_its_own_user_may_run_anything_over_TCP_and_the_socket_and_clients_are_those_of_v1()
    {
        await using var server = Begin();
        await using var tcp = await ConnectAsync(await server.ReadyAsync());
        await using var unix = await WireClient.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(PathOf("run/overseer.sock")));

        foreach (var client in (WireClient[])[tcp, unix])
        {
            await client.SendAsync("""{"type":"start","command":"echo","args":["hello"]}""");
            Assert.Equal("hello", (await client.ExpectAsync("output", message => message.Type == "output")).Data);
            await client.ExpectAsync("exited", message => message.Type == "exited");
        }
    }

    /// <remarks>A server of root is not everybody's: who else connects is told what would allow it.</remarks>
    [Fact]
    public async Task Without_a_file_another_user_runs_nothing()
    {
        await using var server = Begin();
        var port = await server.ReadyAsync();

        var (code, output, error) = await ForeignProgram.RunAsync("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/python3", "-B", "-c", $$"""
            import asyncio, websockets
            async def main():
                async with websockets.connect("ws://127.0.0.1:{{port}}/ws") as socket:
                    await socket.send('{"type":"start","command":"id"}')
                    print(await socket.recv())
            asyncio.run(main())
            """);

        Assert.Equal((0, ""), (code, error));
        Assert.StartsWith("""{"type":"error","message":"commands that no action describes are only for the server's own user here""", output, StringComparison.Ordinal);
        Assert.Contains("commands: any", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_config_file_of_the_working_directory_is_read_and_its_clients_are_those_of_v2()
    {
        await File.WriteAllTextAsync(PathOf("config.yaml"), "actions: {hello: {type: exec, config: {entrypoint: echo, command: [hello]}}}");
        await using var server = Begin();
        await using var client = await ConnectAsync(await server.ReadyAsync());

        Assert.Equal("started", (await client.AskAsync("start", ("action", "hello"), ("task_id", "t"))).Type);
        await client.ExpectAsync("exited", "t");
        await client.SendAsync("""{"type":"list"}""");
        Assert.Equal("id is required", (await client.ReadAsync()).Message);
    }

    [Fact]
    public async Task Flags_and_variables_are_those_of_the_old_program()
    {
        await File.WriteAllTextAsync(PathOf("other.yaml"), "actions: {}");
        await using var server = ServerProcess.Begin(
            "env", "-C", _place, "OVERSEER_PROTOCOL=v0", $"OVERSEER_LOG_FILE={PathOf("events.jsonl")}", "OVERSEER_TRUSTED_CIDRS=127.0.0.0/8,::1", "OVERSEER_LISTEN=127.0.0.1:0",
            "./sticky-overseer", "-config", "other.yaml", "-db=" + PathOf("tasks.db"), "-state-dir", PathOf("state"), "-runtime-dir", PathOf("run"), "-command", "/bin/true");
        await using var client = await ConnectAsync(await server.ReadyAsync());

        await client.SendAsync("""{"type":"start"}""");
        await client.ExpectAsync("exited", message => message.Type == "exited");
        await client.SendAsync("""{"type":"list","id":"2"}""");
        var workers = await client.ReadAsync();
        Assert.Equal(("workers", "2"), (workers.Type, workers.Id));
        server.Signal("TERM");
        Assert.Equal(0, (await server.EndAsync()).Code);
        Assert.True(File.Exists(PathOf("tasks.db")));
        Assert.Equal(2, (await File.ReadAllLinesAsync(PathOf("events.jsonl"))).Length);
    }

    [Theory]
    [InlineData("-version", @"^sticky-overseer \d+\.\d+\.\d+\S* \([0-9a-z]+\)\n$")]
    [InlineData("--version", @"^sticky-overseer \d+\.\d+\.\d+\S* \([0-9a-z]+\)\n$")]
    [InlineData("-list-handlers", @"^docker\nexec\n$")]
    [InlineData("--list-handlers", @"^docker\nexec\n$")]
    [InlineData("-help", @"(?s)^.*sticky-overseer \[options\].*--command <PATH>.*$")]
    public async Task A_question_is_answered_at_once(string flag, string pattern)
    {
        await using var program = Begin(flag);

        var (code, output, error) = await program.EndAsync();

        Assert.Equal((0, ""), (code, error));
        Assert.Matches(pattern, output);
    }

    [Fact]
    public async Task A_flag_that_is_not_there_is_named()
    {
        await using var program = Begin("-comand", "x");

        var (code, output, error) = await program.EndAsync();

        Assert.Equal((121, ""), (code, output));
        Assert.Contains("--comand", error, StringComparison.Ordinal);
        Assert.Contains("sticky-overseer --help", error, StringComparison.Ordinal);
    }

    private static Task<WireClient> ConnectAsync(int port) => WireClient.ConnectAsync(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, port));

    private string PathOf(string name) => Path.Combine(_place, name);

    private ServerProcess Begin(params string[] flags)
    {
        string[] places = flags is [] or ["-command" or "--command", _] ? ["--listen", "127.0.0.1:0", "--state-dir", PathOf("state"), "--runtime-dir", PathOf("run")] : [];
        return ServerProcess.Begin(["env", "-C", _place, "./sticky-overseer", .. flags, .. places]);
    }
}
