using System.Net;
using System.Net.Sockets;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Acceptance;

/// <summary>What the server's addresses say before a WebSocket is open.</summary>
public sealed class HttpTests : IAsyncLifetime
{
    private const string Upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("/ws", 400, "this address speaks WebSocket; connect with a WebSocket client")]
    [InlineData("/", 404, "not found; the WebSocket is at /ws")]
    [InlineData("/ws/", 404, "not found; the WebSocket is at /ws")]
    [InlineData("/healthz", 200, """{"status":"ok","tasks":0,"connections":0}""")]
    public async Task Plain_requests_are_answered(string path, int status, string body)
    {
        using var http = new HttpClient { Timeout = WireClient.Deadline };

        using var answer = await http.GetAsync($"http://{_server.EndPoint}{path}");

        Assert.Equal((status, body), ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Health_counts_tasks_and_connections()
    {
        using var http = new HttpClient { Timeout = WireClient.Deadline };
        await using var client = await _server.ConnectAsync();
        await client.StartShellAsync("t", "exit 0");

        Assert.Equal("""{"status":"ok","tasks":1,"connections":1}""", await http.GetStringAsync($"http://{_server.EndPoint}/healthz"));
    }

    [Theory]
    [InlineData("Host: 127.0.0.1:PORT\r\nOrigin: http://127.0.0.1:PORT", 101)]
    [InlineData("Host: localhost:PORT\r\nOrigin: http://localhost:PORT", 101)]
    [InlineData("Host: anything.example", 101)]
    [InlineData("Host: 127.0.0.1:PORT\r\nOrigin: https://evil.example", 403)]
    [InlineData("Host: 127.0.0.1:PORT\r\nOrigin: http://127.0.0.1:1", 403)]
    [InlineData("Host: 127.0.0.1:PORT\r\nOrigin: null", 403)]
    [InlineData("Host: 127.0.0.1:PORT\r\nOrigin: https://127.0.0.1:PORT", 403)]
    [InlineData("Host: evil.example:PORT\r\nOrigin: http://evil.example:PORT", 403)]
    [InlineData("Host: evil.example:PORT\r\nSec-Fetch-Site: same-origin", 403)]
    public async Task Pages_from_elsewhere_and_rebound_names_are_refused(string headers, int expected)
    {
        var (status, connection) = await RawConnection.RequestAsync(_server.EndPoint, $"GET /ws HTTP/1.1\r\n{WithPort(headers)}\r\n{Upgrade}\r\n");

        await using (connection)
        {
            Assert.Equal(expected, status);
        }
    }

    [Fact]
    public async Task A_refused_page_learns_nothing_of_health_either()
    {
        var (status, connection) = await RawConnection.RequestAsync(
            _server.EndPoint,
            WithPort("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nOrigin: https://evil.example\r\nConnection: close\r\n\r\n"));

        await using (connection)
        {
            Assert.Equal(403, status);
            Assert.Contains("forbidden", await connection.ReadBodyAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Peers_outside_the_trusted_networks_are_refused()
    {
        await using var closed = await RunningServer.StartAsync("trusted_cidrs: [10.99.0.0/16]");
        using var http = new HttpClient { Timeout = WireClient.Deadline };

        using var answer = await http.GetAsync($"http://{closed.EndPoint}/healthz");

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        await using var client = await closed.ConnectUnixAsync();
        Assert.Empty(await client.ListAsync());
    }

    [Fact]
    public async Task The_unix_socket_serves_its_owner_alone()
    {
        await using var client = await _server.ConnectUnixAsync();

        var started = await client.StartShellAsync("t", "echo over a socket");
        Assert.Equal("over a socket", (await client.ExpectAsync("output", "t")).Data);

        Assert.Equal("started", started.Type);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_server.Places.ServerSocket));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(_server.Places.RuntimeDirectory));
    }

    [Fact]
    public async Task More_connections_than_allowed_are_turned_away_and_room_comes_back()
    {
        await using var small = await RunningServer.StartAsync("limits: {max_connections: 2}");
        await using var first = await small.ConnectRawAsync();
        var second = await small.ConnectRawAsync();
        var (status, connection) = await RawConnection.RequestAsync(small.EndPoint, $"GET /ws HTTP/1.1\r\nHost: localhost\r\n{Upgrade}\r\n");
        await connection.DisposeAsync();
        Assert.Equal(503, status);

        await second.SendBytesAsync(RawConnection.Frame(RawConnection.Close, []));
        while (await second.ReadFrameAsync() is not null)
        {
            // Until the server has let go of it.
        }

        await second.DisposeAsync();
        await using var third = await small.ConnectRawAsync();
        await third.SendAsync("""{"type":"list","id":"1"}""");
        Assert.Equal("tasks", (await third.ReadMessageAsync()).Type);
    }

    [Fact]
    public async Task Noise_instead_of_http_ends_that_connection_alone()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_server.EndPoint);
        await socket.SendAsync("\u0016\u0003\u0001 no HTTP at all\r\n\r\n"u8.ToArray());
        await using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream);
        Assert.StartsWith("HTTP/1.1 400", await reader.ReadToEndAsync().WaitAsync(WireClient.Deadline), StringComparison.Ordinal);

        await using var client = await _server.ConnectAsync();
        Assert.Empty(await client.ListAsync());
    }

    private string WithPort(string text) => text.Replace("PORT", $"{_server.Port}", StringComparison.Ordinal);
}
