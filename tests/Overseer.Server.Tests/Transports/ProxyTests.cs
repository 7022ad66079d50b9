using System.Net.Sockets;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Transports;

/// <summary>A server behind a proxy, whose words are written by hand.</summary>
public sealed class ProxyTests
{
    private const string Upgrade = "Host: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    private const string Behind = "trusted_proxies: [127.0.0.1]\ntrusted_cidrs: [127.0.0.0/8, 203.0.113.0/24]\nallowed_hosts: [overseer.example]\n";

    [Theory]
    [InlineData("X-Forwarded-For: 203.0.113.7", 101)]
    [InlineData("X-Forwarded-For: 198.51.100.1", 403)]
    [InlineData("X-Forwarded-For: 203.0.113.7, 198.51.100.1", 403)]
    [InlineData("X-Forwarded-For: unknown", 403)]
    [InlineData("Forwarded: for=198.51.100.1", 403)]
    [InlineData("X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: overseer.example\r\nOrigin: https://overseer.example", 101)]
    [InlineData("X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Host: overseer.example\r\nOrigin: https://overseer.example", 403)]
    [InlineData("X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: evil.example\r\nOrigin: https://evil.example", 403)]
    public async Task Addresses_and_pages_are_weighed_by_what_a_trusted_proxy_says(string headers, int expected)
    {
        await using var server = await RunningServer.StartAsync(Behind + RunningServer.Shell);

        var (status, connection) = await RawConnection.RequestAsync(server.EndPoint, $"GET /ws HTTP/1.1\r\n{Upgrade}{headers}\r\n\r\n");

        await connection.DisposeAsync();
        Assert.Equal(expected, status);
    }

    [Fact]
    public async Task A_page_cannot_get_round_the_host_by_claiming_to_be_a_proxy()
    {
        await using var server = await RunningServer.StartAsync(Behind + RunningServer.Shell);

        var rebound = Upgrade.Replace("127.0.0.1", "evil.example", StringComparison.Ordinal);
        var (status, connection) = await RawConnection.RequestAsync(
            server.EndPoint,
            $"GET /ws HTTP/1.1\r\n{rebound}X-Forwarded-Host: overseer.example\r\nX-Forwarded-For: 127.0.0.1\r\nOrigin: http://overseer.example\r\n\r\n");

        await connection.DisposeAsync();
        Assert.Equal(403, status);
    }

    [Theory]
    [InlineData("X-Forwarded-For: 198.51.100.1", 101)]
    [InlineData("X-Forwarded-Proto: https\r\nOrigin: https://127.0.0.1", 403)]
    [InlineData("X-Forwarded-Host: evil.example\r\nOrigin: http://evil.example", 403)]
    public async Task Of_others_nothing_of_it_is_believed_and_the_log_says_so(string headers, int expected)
    {
        var logs = new LogLines();
        await using var server = await RunningServer.StartAsync(_ => RunningServer.Shell, logs);

        var (status, connection) = await RawConnection.RequestAsync(server.EndPoint, $"GET /ws HTTP/1.1\r\n{Upgrade}{headers}\r\n\r\n");

        await connection.DisposeAsync();
        Assert.Equal(expected, status);
        await logs.WaitForAsync("is not in trusted_proxies: they are ignored");
    }

    [Fact]
    public async Task Who_comes_by_a_proxy_is_never_the_owner()
    {
        await using var server = await RunningServer.StartAsync("trusted_proxies: [unix]\ntokens: [{name: ci, token: 0123456789abcdef0123456789abcdef, scopes: operate}]\n" + RunningServer.Shell);
        var socket = new UnixDomainSocketEndPoint(server.Places.ServerSocket);
        await using var owner = await WireClient.ConnectAsync(socket);
        Assert.Empty(await owner.ListAsync());

        foreach (var header in new[] { "X-Forwarded-For: 127.0.0.1", "Forwarded: for=127.0.0.1", "Via: 1.1 proxy", "X-Real-IP: 127.0.0.1" })
        {
            var (status, connection) = await RawConnection.RequestAsync(socket, $"GET /ws HTTP/1.1\r\n{Upgrade}{header}\r\n\r\n");
            await connection.DisposeAsync();
            Assert.Equal((header, 401), (header, status));
        }
    }

    [Fact]
    public async Task Clients_of_a_proxy_are_counted_one_by_one()
    {
        await using var server = await RunningServer.StartAsync("limits: {max_connections_per_address: 1}\n" + Behind + RunningServer.Shell);

        await using var first = await OpenAsync("203.0.113.1", 101);
        await using var second = await OpenAsync("203.0.113.2", 101);
        await using var third = await OpenAsync("203.0.113.1", 503);
        Assert.Contains("limits.max_connections_per_address is 1", await third.ReadBodyAsync(), StringComparison.Ordinal);

        async Task<RawConnection> OpenAsync(string client, int expected)
        {
            var (status, connection) = await RawConnection.RequestAsync(server.EndPoint, $"GET /ws HTTP/1.1\r\n{Upgrade}X-Forwarded-For: {client}\r\n\r\n");
            Assert.Equal(expected, status);
            return connection;
        }
    }
}
