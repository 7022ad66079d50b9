using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Hub;

/// <summary>Nothing that connects to the hub stays for ever, or costs more than it may.</summary>
[Collection(nameof(Alone))]
public sealed class HubBoundsTests
{
    [Fact]
    public async Task A_thousand_connections_that_bring_no_token_are_swept_while_containers_go_on()
    {
        await using var server = await RunningServer.StartAsync("hub: {token: a-token-0123456789}");
        var strangers = await ConnectAsync(server, 1000, "?containerID=box");
        await using var viewer = await server.ConnectHubAsync("?token=a-token-0123456789&containerID=box");
        await viewer.ReadAsync();
        await using var container = await server.ConnectHubAsync("?token=a-token-0123456789");
        await container.LogAsync("box", "heard all the while");
        Assert.Equal("heard all the while", (await viewer.HearAsync("LOG")).Data("message"));

        foreach (var stranger in strangers)
        {
            Assert.Equal(1008, await stranger.ClosedAsync());
            await stranger.DisposeAsync();
        }

        await UntilAsync(() => CountAsync(server), 2);
    }

    [Fact]
    public async Task A_thousand_viewers_that_never_read_are_swept_and_cost_no_memory_meanwhile()
    {
        await using var server = await RunningServer.StartAsync("hub: {heartbeat_interval: 3s}");
        await using var container = await server.ConnectHubAsync();
        await container.LogAsync("box", "first");
        await container.SettleAsync("box");
        var stuck = await ConnectAsync(server, 1000, "?containerID=box");
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var line = new string('x', 1000);
        for (var i = 0; i < 10_000; i++)
        {
            await container.LogAsync("box", line);
        }

        await container.SettleAsync("box");

        // Ten megabytes for each would be ten gigabytes. What the sockets hold is the kernel's.
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 200L << 20);
        await UntilAsync(() => CountAsync(server), 1, container);
        foreach (var viewer in stuck)
        {
            await viewer.DisposeAsync();
        }
    }

    [Fact]
    public async Task Who_shows_no_sign_of_life_for_two_intervals_is_closed_and_who_answers_pings_is_not()
    {
        await using var server = await RunningServer.StartAsync("hub: {heartbeat_interval: 2s}");
        var (status, silent) = await RawConnection.RequestAsync(
            server.EndPoint, "GET /?containerID=box HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        await using var owned = silent;
        Assert.Equal(101, status);
        await using var listening = await server.ConnectHubAsync("?containerID=box");

        // One reads and answers no ping; the other answers, since it reads by a WebSocket.
        var end = EndAsync(silent);
        do
        {
            var beat = await listening.HearAsync("HEARTBEAT");
            Assert.Equal("box", beat.Text("containerID"));
            Assert.NotNull(beat.Data("timestamp"));
        }
        while (!end.IsCompleted);

        var (opcodes, code) = await end;
        Assert.Contains(RawConnection.Ping, opcodes);
        Assert.Equal(1001, code);
        await listening.HearAsync("HEARTBEAT");
    }

    [Fact]
    public async Task A_viewer_gets_one_heartbeat_for_each_container_that_it_watches()
    {
        await using var server = await RunningServer.StartAsync("hub: {heartbeat_interval: 1s}");
        await using var viewer = await server.ConnectHubAsync("?containerID=a");
        await viewer.ReadAsync();
        await viewer.SayAsync("SUBSCRIBE", "b");
        await viewer.SayAsync("SUBSCRIBE", "b");
        await viewer.SayAsync("SUBSCRIBE", "c");
        await viewer.SayAsync("UNSUBSCRIBE", "c");
        var beats = new[] { await viewer.ReadAsync(), await viewer.ReadAsync(), await viewer.ReadAsync(), await viewer.ReadAsync() };
        Assert.Equal(["a", "a", "b", "b"], beats.Select(beat => beat.Text("containerID")!).Order());
    }

    [Fact]
    public async Task A_connection_has_so_many_subscriptions_and_so_many_requests()
    {
        await using var server = await RunningServer.StartAsync("limits: {max_subscriptions: 2, max_requests_per_second: 4}");
        await using var viewer = await server.ConnectHubAsync();
        await viewer.SayAsync("SUBSCRIBE", "a");
        await viewer.SayAsync("SUBSCRIBE", "b");
        await viewer.SayAsync("SUBSCRIBE", "c");
        Assert.Equal("c", (await viewer.HearErrorAsync("MAX_SUBSCRIPTIONS")).Text("containerID"));
        for (var i = 0; i < 20; i++)
        {
            await viewer.SayAsync("SUBSCRIBE", "a");
        }

        await viewer.HearErrorAsync("TOO_MANY_REQUESTS");

        // What is kept is no request.
        await using var container = await server.ConnectHubAsync();
        for (var i = 0; i < 50; i++)
        {
            await container.LogAsync("a", $"{i}");
        }

        Assert.Equal("49", (await viewer.ExpectAsync("the last", message => message.Type == "LOG" && message.Data("message") == "49")).Data("message"));
    }

    private static async Task<(List<byte> Opcodes, int Code)> EndAsync(RawConnection connection)
    {
        var opcodes = new List<byte>();
        while (await connection.ReadFrameAsync() is var (opcode, payload))
        {
            opcodes.Add(opcode);
            if (opcode == RawConnection.Close)
            {
                return (opcodes, (payload[0] << 8) + payload[1]);
            }
        }

        return (opcodes, 0);
    }

    private static async Task<List<WireClient>> ConnectAsync(RunningServer server, int count, string query)
    {
        var all = new List<WireClient>();
        for (var i = 0; i < count; i += 50)
        {
            all.AddRange(await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => server.ConnectHubAsync(query))));
        }

        return all;
    }

    private static async Task<int> CountAsync(RunningServer server)
    {
        using var http = new HttpClient { Timeout = WireClient.Deadline };
        using var health = System.Text.Json.JsonDocument.Parse(await http.GetStringAsync($"http://127.0.0.1:{server.Port}/healthz"));
        return health.RootElement.GetProperty("connections").GetInt32();
    }

    /// <summary>Looks until so many connections are left; <paramref name="living"/> reads meanwhile, since pings are answered by who reads.</summary>
    private static async Task UntilAsync(Func<Task<int>> count, int expected, WireClient? living = null)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        while (await count() is var now && now != expected)
        {
            Assert.False(deadline.IsCancellationRequested, $"{now} connections are left");
            if (living is not null)
            {
                await living.SettleAsync("nothing", """{"delivery":{"id":"0e984725-c51c-4bf4-9960-e1c80e27aba0"}}""");
            }

            await Task.Delay(50);
        }
    }
}
