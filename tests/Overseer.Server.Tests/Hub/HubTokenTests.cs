using System.Net.WebSockets;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Hub;

/// <summary>Who may come in to the hub, and what becomes of tokens.</summary>
public sealed class HubTokenTests
{
    private const string Token = "a-hub-token-that-nobody-may-see";
    private const string Wrong = "a-wrong-token-that-nobody-may-see";

    [Fact]
    public async Task A_token_may_come_by_query_by_header_and_by_message()
    {
        await using var server = await RunningServer.StartAsync($"hub: {{token: {Token}}}");
        await using var query = await server.ConnectHubAsync($"?token={Token}");
        await using var header = await server.ConnectHubAsync("", ("Authorization", $"Bearer {Token}"));
        await using var message = await server.ConnectHubAsync("?containerID=box");

        await query.LogAsync("box", "by query");
        await header.LogAsync("box", "by header");
        await message.SayAsync("LOG", "box", """{"message":"by message"}""", $$$""","auth":{"token":"{{{Token}}}"}""");
        await message.LogAsync("box", "without it from then on");

        // Who names a container when it connects is greeted as soon as it may be.
        Assert.Equal("Connected to container log stream", (await message.HearAsync("STATUS")).Data("message"));
        await query.SettleAsync("box");
        await header.SettleAsync("box");
        await message.SettleAsync("box");
        await using var viewer = await server.ConnectHubAsync($"?token={Token}&containerID=box");
        var heard = await viewer.UntilAsync("four logs", last => last.Seq == 4);
        Assert.Equal(["by header", "by message", "by query", "without it from then on"], heard.Where(one => one.Type == "LOG").Select(one => one.Data("message")!).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData($"?token={Wrong}", null)]
    [InlineData("?token=", null)]
    [InlineData("", $"Bearer {Wrong}")]
    [InlineData($"?token={Token}", $"Bearer {Wrong}")]
    public async Task A_wrong_token_at_the_upgrade_is_refused(string query, string? header)
    {
        await using var server = await RunningServer.StartAsync($"hub: {{token: {Token}}}");
        var refused = await Assert.ThrowsAsync<WebSocketException>(() => server.ConnectHubAsync(query, header is null ? [] : [("Authorization", header)]));
        Assert.Contains("401", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_third_message_without_a_valid_token_closes_the_connection()
    {
        await using var server = await RunningServer.StartAsync($"hub: {{token: {Token}}}");
        await using var stranger = await server.ConnectHubAsync("?containerID=box");
        await stranger.SendAsync("not even JSON");
        await stranger.SayAsync("SUBSCRIBE", "box", "{}", $$$""","auth":{"token":"{{{Wrong}}}"}""");
        Assert.Equal("UNAUTHORIZED", (await stranger.ReadAsync()).Data("code"));
        Assert.Equal("UNAUTHORIZED", (await stranger.ReadAsync()).Data("code"));
        await stranger.LogAsync("box", "m");
        Assert.Equal("UNAUTHORIZED", (await stranger.ReadAsync()).Data("code"));
        Assert.Equal(1008, await stranger.ClosedAsync());

        await using var client = await server.ConnectAsync();
        Assert.Empty(await client.ListAsync());
    }

    [Fact]
    public async Task Two_messages_without_one_do_not_harm_who_brings_it_with_the_third()
    {
        await using var server = await RunningServer.StartAsync($"hub: {{token: {Token}}}");
        await using var late = await server.ConnectHubAsync();
        await late.LogAsync("box", "1");
        await late.LogAsync("box", "2");
        await late.SayAsync("LOG", "box", """{"message":"3"}""", $$$""","auth":{"token":"{{{Token}}}"}""");
        await late.SettleAsync("box");
        await using var viewer = await server.ConnectHubAsync($"?token={Token}&containerID=box");
        Assert.Equal("3", (await viewer.HearAsync("LOG")).Data("message"));
    }

    [Fact]
    public async Task A_connection_that_brings_no_token_in_ten_seconds_is_closed()
    {
        await using var server = await RunningServer.StartAsync($"hub: {{token: {Token}}}");
        await using var stranger = await server.ConnectHubAsync();
        Assert.Equal(1008, await stranger.ClosedAsync());
    }

    [Fact]
    public async Task Without_a_token_nobody_comes_in_through_a_proxy_and_no_foreign_page_at_all()
    {
        await using var server = await RunningServer.StartAsync("trusted_proxies: [127.0.0.1]");
        await using var local = await server.ConnectHubAsync("?token=whatever");
        await local.LogAsync("box", "m");
        await local.SettleAsync("box");
        foreach (var (name, value) in new[] { ("X-Forwarded-For", "127.0.0.1"), ("Forwarded", "for=127.0.0.1"), ("Origin", "https://evil.example") })
        {
            var refused = await Assert.ThrowsAsync<WebSocketException>(() => server.ConnectHubAsync("", (name, value)));
            Assert.Contains("403", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Where_the_server_asks_for_tokens_the_hub_does_and_scopes_and_limits_hold_there_too()
    {
        const string Reader = "a-token-that-reads-0123456789";
        const string Operator = "a-token-that-operates-0123456";
        const string Limited = "a-token-with-limits-01234567";
        await using var server = await RunningServer.StartAsync($$"""
            tokens:
              - {name: r, token: {{Reader}}, scopes: read}
              - {name: o, token: {{Operator}}, scopes: operate}
              - {name: l, token: {{Limited}}, scopes: operate, actions: [sh]}
            {{RunningServer.Shell}}
            """);
        await using var nobody = await server.ConnectHubAsync();
        await nobody.LogAsync("box", "m");
        await nobody.HearErrorAsync("UNAUTHORIZED");

        await using var container = await server.ConnectHubAsync($"?token={Operator}");
        await container.LogAsync("box", "m");
        await container.SettleAsync("box");
        await using var viewer = await server.ConnectHubAsync($"?token={Reader}&containerID=box");
        Assert.Equal("m", (await viewer.HearAsync("LOG")).Data("message"));
        await viewer.LogAsync("box", "no");
        await viewer.HearErrorAsync("FORBIDDEN");
        await viewer.SayAsync("COMMAND", "box", """{"command":"stop"}""");
        await viewer.HearErrorAsync("FORBIDDEN");

        await using var limited = await server.ConnectHubAsync($"?token={Limited}&containerID=box");
        await limited.HearErrorAsync("FORBIDDEN");
        await limited.LogAsync("other", "no");
        await limited.HearErrorAsync("FORBIDDEN");
    }

    [Fact]
    public async Task Another_token_holds_at_once_and_closes_who_came_by_the_former()
    {
        await using var server = await RunningServer.StartAsync($"hub: {{token: {Wrong}}}");
        await using var former = await server.ConnectHubAsync($"?token={Wrong}");
        await using var byMessage = await server.ConnectHubAsync();
        await byMessage.SayAsync("SUBSCRIBE", "box", "{}", $$$""","auth":{"token":"{{{Wrong}}}"}""");
        await byMessage.SettleAsync("other");
        server.Configure($"hub: {{token: {Token}}}");
        await using var client = await server.ConnectAsync();
        await client.AskAsync("reload");

        Assert.Equal((1008, 1008), (await former.ClosedAsync(), await byMessage.ClosedAsync()));
        await using var now = await server.ConnectHubAsync($"?token={Token}");
        await now.SettleAsync("box");
    }

    [Fact]
    public async Task No_token_is_in_anything_that_the_server_writes()
    {
        var logs = new LogLines();
        await using var server = await RunningServer.StartAsync(place => $"hub: {{token: {Token}}}\naudit_file: {place}/audit.jsonl\nlog_file: {place}/events.jsonl", logs);
        await using (var container = await server.ConnectHubAsync($"?token={Token}"))
        {
            await container.SayAsync("LOG", "box", """{"message":"m"}""", $$$""","auth":{"token":"{{{Token}}}"}""");
            await container.SayAsync("STATUS", "box", """{"status":"running"}""", $$$""","auth":{"token":"{{{Wrong}}}"}""");
            await container.HearErrorAsync("UNAUTHORIZED");
            await container.SayAsync("COMMAND", "box", """{"command":"stop"}""", $$$""","auth":{"token":"{{{Token}}}"}""");
            await container.HearAsync("COMMAND");
            await container.SettleAsync("box");
        }

        await Assert.ThrowsAsync<WebSocketException>(() => server.ConnectHubAsync($"?token={Wrong}"));
        await using (var stranger = await server.ConnectHubAsync())
        {
            for (var i = 0; i < 3; i++)
            {
                await stranger.SayAsync("LOG", "box", "{}", $$$""","auth":{"token":"{{{Wrong}}}"}""");
            }

            Assert.Equal(1008, await stranger.ClosedAsync());
        }

        await server.StopAsync();
        Assert.Contains(logs.All, line => line.Contains("UNAUTHORIZED", StringComparison.Ordinal));
        Assert.DoesNotContain(logs.All, Holds);
        var files = Directory.EnumerateFiles(server.Place, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "overseer.yaml").ToList();
        Assert.Contains(files, file => file.EndsWith("audit.jsonl", StringComparison.Ordinal));
        foreach (var file in files.Where(file => new FileInfo(file).Length > 0))
        {
            Assert.False(Holds(System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file))), file);
        }

        static bool Holds(string text) => text.Contains(Token, StringComparison.Ordinal) || text.Contains(Wrong, StringComparison.Ordinal);
    }
}
