using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Hub;

/// <summary>What was refused of a delivery, for whatever reason, is never passed over by what came behind it.</summary>
public sealed class RefusedDeliveryTests
{
    private const string Id = "0e984725-c51c-4bf4-9960-e1c80e27aba0";
    private const string Token = "a-hub-token-that-nobody-may-see";

    [Fact]
    public async Task A_message_that_found_no_session_comes_before_those_behind_it()
    {
        await using var server = await RunningServer.StartAsync("hub: {max_sessions: 1}");
        await using var other = await server.ConnectHubAsync();
        await other.LogAsync("other", "here");
        await other.SettleAsync("other");
        await using var producer = await server.ConnectHubAsync();
        await SendAsync(producer, 1);
        await producer.HearErrorAsync("MAX_SESSIONS");
        await other.SayAsync("COMPLETE", "other");
        await other.SettleAsync("other");

        // There is room for it by now.
        await SendAsync(producer, 2);
        Assert.Contains("send again from 1 on", (await producer.HearErrorAsync("MAX_SESSIONS")).Data("error"), StringComparison.Ordinal);
        await SendAsync(producer, 1);
        await SendAsync(producer, 2);
        Assert.Equal(2, await KeptAsync(producer));
    }

    [Fact]
    public async Task A_message_that_came_without_a_token_comes_before_those_behind_it()
    {
        await using var server = await RunningServer.StartAsync($"hub: {{token: {Token}}}");
        await using var producer = await server.ConnectHubAsync();
        await SendAsync(producer, 1);
        await producer.HearErrorAsync("UNAUTHORIZED");
        await producer.LogAsync("box", "2", $$$"""{{{Number(2)}}},"auth":{"token":"{{{Token}}}"}""");
        await producer.HearErrorAsync("UNAUTHORIZED");
        await SendAsync(producer, 1);
        await SendAsync(producer, 2);
        Assert.Equal(2, await KeptAsync(producer));
    }

    [Fact]
    public async Task A_message_that_is_too_large_for_the_journal_is_passed_over()
    {
        await using var server = await RunningServer.StartAsync("limits: {max_line_bytes: 4KiB}");
        await using var producer = await server.ConnectHubAsync();
        await SendAsync(producer, 1);
        await producer.LogAsync("box", new string('x', 5000), Number(2));
        await producer.HearErrorAsync("MESSAGE_TOO_LARGE");
        await SendAsync(producer, 3);
        Assert.Equal(3, await KeptAsync(producer));
    }

    [Fact]
    public async Task What_another_connection_has_brought_meanwhile_need_not_come_again()
    {
        await using var server = await RunningServer.StartAsync("hub: {max_sessions: 1}");
        await using var other = await server.ConnectHubAsync();
        await other.LogAsync("other", "here");
        await other.SettleAsync("other");
        await using var producer = await server.ConnectHubAsync();
        await SendAsync(producer, 1);
        await producer.HearErrorAsync("MAX_SESSIONS");
        await other.SayAsync("COMPLETE", "other");
        await other.SettleAsync("other");
        await using (var second = await server.ConnectHubAsync())
        {
            for (var n = 1; n <= 5; n++)
            {
                await SendAsync(second, n);
            }

            Assert.Equal(5, await KeptAsync(second));
        }

        await SendAsync(producer, 4);
        await SendAsync(producer, 7);
        await producer.HearErrorAsync("MAX_SESSIONS");
        await SendAsync(producer, 6);
        await SendAsync(producer, 7);
        Assert.Equal(7, await KeptAsync(producer));
    }

    [Fact]
    public async Task A_connection_with_too_many_refused_deliveries_is_closed()
    {
        await using var server = await RunningServer.StartAsync("hub: {max_sessions: 1}");
        await using var other = await server.ConnectHubAsync();
        await other.LogAsync("other", "here");
        await other.SettleAsync("other");
        await using var producer = await server.ConnectHubAsync();
        for (var i = 0; i < 256; i++)
        {
            await SendAsync(producer, i);
            await producer.HearErrorAsync("MAX_SESSIONS");
        }

        Task SendAsync(WireClient client, int i) => client.LogAsync("box", "m", $$$""","delivery":{"id":"{{{Guid.NewGuid()}}}","n":{{{i + 1}}}}""");
        await SendAsync(producer, 256);
        Assert.Equal(1008, await producer.ClosedAsync());
    }

    private static string Number(int n) => $$$""","delivery":{"id":"{{{Id}}}","n":{{{n}}}}""";

    private static Task SendAsync(WireClient producer, int n) => producer.LogAsync("box", $"{n}", Number(n));

    private static async Task<long> KeptAsync(WireClient producer) =>
        (await producer.SettleAsync("box", $$$"""{"delivery":{"id":"{{{Id}}}"}}""")).Json.GetProperty("data").GetProperty("delivery").GetProperty("n").GetInt64();
}
