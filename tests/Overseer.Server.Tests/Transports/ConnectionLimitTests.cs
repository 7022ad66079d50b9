using System.Net;
using System.Net.Sockets;
using System.Text;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Transports;

/// <summary>Each limit of connections and requests at its edge.</summary>
public sealed class ConnectionLimitTests
{
    private const string Upgrade = "Host: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    private const string Health = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";

    [Fact]
    public async Task One_address_cannot_take_the_places_of_others()
    {
        await using var server = await RunningServer.StartAsync(_ => "limits: {max_connections_per_address: 3, max_connections: 5}", ["127.0.0.2:0"]);
        var held = new List<Socket>();
        for (var i = 0; i < 3; i++)
        {
            held.Add(await ConnectAsync(server.EndPoint, "127.0.0.1"));
        }

        Assert.Equal((503, "too many connections from 127.0.0.1 (limits.max_connections_per_address is 3)"), await AskAsync(await ConnectAsync(server.EndPoint, "127.0.0.1")));

        // Another address still gets in, until all places are taken; then it is told that.
        for (var i = 0; i < 2; i++)
        {
            held.Add(await ConnectAsync(server.EndPoint, "127.0.0.5"));
        }

        Assert.Equal((503, "too many connections (limits.max_connections is 5)"), await AskAsync(await ConnectAsync(server.EndPoint, "127.0.0.5")));

        // Whoever has the machine is not kept out by the network.
        await using var owner = await server.ConnectUnixAsync();
        Assert.Empty(await owner.ListAsync());

        held[0].Dispose();
        await UntilAsync(async () => (await AskAsync(await ConnectAsync(server.EndPoint, "127.0.0.1"))).Status == 200);
        held.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task Unix_sockets_have_as_many_places_of_their_own()
    {
        await using var server = await RunningServer.StartAsync("limits: {max_connections: 1}");
        await using var first = await server.ConnectUnixAsync();
        await using var network = await server.ConnectAsync();

        var (status, second) = await RawConnection.RequestAsync(new UnixDomainSocketEndPoint(server.Places.ServerSocket), $"GET /ws HTTP/1.1\r\n{Upgrade}\r\n");

        await using (second)
        {
            Assert.Equal(503, status);
            Assert.Contains("limits.max_connections is 1", await second.ReadBodyAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_connection_that_says_nothing_or_not_enough_is_ended_in_time()
    {
        await using var server = await RunningServer.StartAsync("limits: {handshake_timeout: 3s}");
        using var silent = await ConnectAsync(server.EndPoint, "127.0.0.1");
        using var slow = await ConnectAsync(server.EndPoint, "127.0.0.1");
        await slow.SendAsync("GET /healthz HT"u8.ToArray());
        using var idle = await ConnectAsync(server.EndPoint, "127.0.0.1");
        await idle.SendAsync(Encoding.ASCII.GetBytes(Health));

        Assert.Equal("", await RestAsync(silent));
        Assert.StartsWith("HTTP/1.1 408 ", await RestAsync(slow), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", await RestAsync(idle), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_head_may_have_as_many_bytes_as_configured()
    {
        await using var server = await RunningServer.StartAsync("limits: {max_request_head_bytes: 2KiB}");

        Assert.Equal(200, await StatusAsync(1900));
        Assert.Equal(431, await StatusAsync(2100));

        async Task<int> StatusAsync(int bytes)
        {
            const string Head = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Padding: ";
            using var socket = await ConnectAsync(server.EndPoint, "127.0.0.1");
            await socket.SendAsync(Encoding.ASCII.GetBytes(Head + new string('x', bytes - Head.Length - 4) + "\r\n\r\n"));
            var answer = new byte[12];
            using var deadline = new CancellationTokenSource(WireClient.Deadline);
            await new NetworkStream(socket).ReadExactlyAsync(answer, deadline.Token);
            return int.Parse(Encoding.ASCII.GetString(answer, 9, 3), System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    [Fact]
    public async Task Only_so_many_requests_are_answered_at_one_time_and_who_does_not_read_is_ended()
    {
        // A document that no buffer takes whole.
        var actions = string.Concat(Enumerable.Range(0, 4000).Select(i =>
            $"  action{i}: {{type: exec, meta: {{description: \"{new string('d', 2000)}\"}}, config: {{entrypoint: echo}}}}\n"));
        await using var server = await RunningServer.StartAsync("limits: {max_http_requests: 2, handshake_timeout: 10s}\nactions:\n" + actions);
        var stuck = new List<Socket>();
        for (var i = 0; i < 2; i++)
        {
            var socket = await ConnectAsync(server.EndPoint, "127.0.0.1", receiveBuffer: 4096);
            await socket.SendAsync("GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
            var begin = new byte[12];
            using var deadline = new CancellationTokenSource(WireClient.Deadline);
            await new NetworkStream(socket).ReadExactlyAsync(begin, deadline.Token);
            Assert.Equal("HTTP/1.1 200", Encoding.ASCII.GetString(begin));
            stuck.Add(socket);
        }

        Assert.Equal((503, "too many requests at one time (limits.max_http_requests is 2)"), await AskAsync(await ConnectAsync(server.EndPoint, "127.0.0.1")));
        await using var client = await server.ConnectAsync();
        Assert.Empty(await client.ListAsync());

        await UntilAsync(async () => (await AskAsync(await ConnectAsync(server.EndPoint, "127.0.0.1"))).Status == 200);
        stuck.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task A_connection_may_make_so_many_requests_a_second()
    {
        await using var server = await RunningServer.StartAsync("limits: {max_requests_per_second: 5}");
        await using var client = await server.ConnectAsync();
        await using var other = await server.ConnectAsync();

        var types = new List<string>();
        for (var i = 0; i < 50; i++)
        {
            await client.SendAsync($$"""{"type":"list","id":"{{i}}"}""");
        }

        for (var i = 0; i < 50; i++)
        {
            var answer = await client.ReadAsync();
            types.Add(answer.Type);
            Assert.True(answer.Type == "tasks" || answer.Message == "too many requests on this connection: limits.max_requests_per_second is 5", answer.ToString());
        }

        Assert.Equal(Enumerable.Repeat("tasks", 5), types.Take(5));
        Assert.Contains("error", types);
        Assert.Empty(await other.ListAsync());
        await UntilAsync(async () => (await client.AskAsync("list")).Type == "tasks");
    }

    [Fact]
    public async Task A_connection_that_takes_nothing_for_too_long_is_dropped()
    {
        var logs = new LogLines();
        await using var server = await RunningServer.StartAsync(_ => "limits: {stall_timeout: 10s}\n" + RunningServer.Shell, logs);
        await using var stuck = await server.ConnectAsync();
        await using var healthy = await server.ConnectAsync();
        await stuck.SendAsync("subscribe", ("task_id", "t"));

        await healthy.StartShellAsync("t", "yes $(printf %0500d 0) | head -n 100000");
        var heard = await healthy.UntilAsync("exited", "t");
        await logs.WaitForAsync("it has taken nothing of what it is sent for");

        Assert.Equal(100_000, heard.Count(message => message.Type == "output"));
    }

    /// <summary>Connects from an address of this machine.</summary>
    private static async Task<Socket> ConnectAsync(IPEndPoint server, string from, int? receiveBuffer = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (receiveBuffer is { } bytes)
        {
            socket.ReceiveBufferSize = bytes;
        }

        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(server);
        return socket;
    }

    private static async Task<(int Status, string Body)> AskAsync(Socket socket)
    {
        using (socket)
        {
            await socket.SendAsync("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray());
            var answer = await RestAsync(socket);
            var body = answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
            return (int.Parse(answer.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture), body);
        }
    }

    private static async Task<string> RestAsync(Socket socket)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        using var reader = new StreamReader(new NetworkStream(socket), Encoding.ASCII);
        return await reader.ReadToEndAsync(deadline.Token);
    }

    /// <summary>Asks again until it is so: nobody tells when a place has become free.</summary>
    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        while (!await holds())
        {
            await Task.Delay(50, deadline.Token);
        }
    }
}
