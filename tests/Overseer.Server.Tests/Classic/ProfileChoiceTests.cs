using System.Net.WebSockets;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Classic;

/// <summary>A connection's profile: the subprotocol before the query before the setting.</summary>
public sealed class ProfileChoiceTests
{
    [Theory]
    [InlineData("/ws", null, "v2", null)]
    [InlineData("/ws?protocol=v1", null, "v1", null)]
    [InlineData("/ws?protocol=v0", null, "v0", null)]
    [InlineData("/ws?protocol=", null, "v2", null)]
    [InlineData("/ws", "overseer.v1", "v1", "overseer.v1")]
    [InlineData("/ws", "overseer.v0", "v0", "overseer.v0")]
    [InlineData("/ws?protocol=v1", "overseer.v0", "v0", "overseer.v0")]
    [InlineData("/ws?protocol=v1", "overseer.v2", "v2", "overseer.v2")]
    [InlineData("/ws", "chat, overseer.v1, overseer.v0", "v1", "overseer.v1")]
    [InlineData("/ws", "chat", "v2", null)]
    [InlineData("/ws?protocol=v0", "overseer.v9", "v0", null)]
    public async Task The_subprotocol_comes_before_the_query_and_is_echoed(string path, string? offered, string profile, string? echoed)
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await WireClient.ConnectAsync(server.EndPoint, path, offered);

        Assert.Equal(echoed, client.Socket.SubProtocol);
        Assert.Equal(profile, await ProfileAsync(client));
    }

    [Theory]
    [InlineData("v2")]
    [InlineData("v1")]
    [InlineData("v0")]
    public async Task The_setting_is_for_those_who_do_not_choose(string setting)
    {
        await using var server = await RunningServer.StartAsync($"protocol: {setting}\n{RunningServer.Shell}");

        await using var silent = await server.ConnectAsync();
        Assert.Equal(setting, await ProfileAsync(silent));
        foreach (var chosen in (string[])["v0", "v1", "v2"])
        {
            await using var client = await WireClient.ConnectAsync(server.EndPoint, $"/ws?protocol={chosen}");
            Assert.Equal(chosen, await ProfileAsync(client));
        }
    }

    [Theory]
    [InlineData("/ws?protocol=v3")]
    [InlineData("/ws?protocol=overseer.v1")]
    [InlineData("/ws?protocol=v1&protocol=v0")]
    public async Task A_query_that_names_no_profile_is_refused_before_the_upgrade(string path)
    {
        await using var server = await RunningServer.StartAsync();

        var refusal = await Assert.ThrowsAsync<WebSocketException>(() => WireClient.ConnectAsync(server.EndPoint, path));
        Assert.Contains("400", refusal.Message, StringComparison.Ordinal);

        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://127.0.0.1:{server.Port}{path}"));
        request.Headers.Add("Connection", "Upgrade");
        request.Headers.Add("Upgrade", "websocket");
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        using var answer = await http.SendAsync(request);
        Assert.Equal((400, "protocol: must be one of v2, v1, v0"), ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    /// <summary>Only v2 needs an id, and only v0 answers by <c>workers</c>.</summary>
    private static async Task<string> ProfileAsync(WireClient client)
    {
        await client.SendAsync("""{"type":"list"}""");
        var answer = await client.ReadAsync();
        return (answer.Type, answer.Id) switch
        {
            ("error", "") => "v2",
            ("tasks", null) => "v1",
            ("workers", "") => "v0",
            _ => answer.ToString(),
        };
    }
}
