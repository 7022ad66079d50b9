using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Overseer.Protocols.Hub;
using Overseer.Server.Tests.Faults;
using Overseer.Server.Tests.Harness;
using Overseer.Server.Tests.Hub;

namespace Overseer.Server.Tests.Metrics;

/// <summary>What the hub counts, after known conversations.</summary>
public sealed class HubMetricsTests
{
    private const string Token = "a-hub-token-that-nobody-may-see";

    [Fact]
    public async Task Connections_have_the_role_that_they_have_shown()
    {
        await using var server = await RunningServer.StartAsync($"hub: {{token: {Token}}}");
        using var scraper = Scraper.Of(server);
        Assert.Equal((0, 0), (await RoleAsync("producer"), await RoleAsync("unauthenticated")));

        await using var stranger = await server.ConnectHubAsync();
        await using var idle = await server.ConnectHubAsync($"?token={Token}");
        await using var producer = await server.ConnectHubAsync($"?token={Token}");
        await producer.LogAsync("box", "m");
        await producer.SettleAsync("box");
        await using var viewer = await server.ConnectHubAsync($"?token={Token}&containerID=box");
        await viewer.HearAsync("LOG");
        await using var both = await server.ConnectHubAsync($"?token={Token}&containerID=box");
        await both.HearAsync("LOG");
        await both.LogAsync("other", "m");
        await both.SettleAsync("other");

        // Whoever was never answered is there once its upgrade is done on the server's side too.
        var page = await scraper.UntilAsync("all connections", page => page["overseer_connections"] == 5);
        Assert.Equal(
            [1, 1, 1, 1, 1],
            ((string[])["unauthenticated", "idle", "producer", "viewer", "both"]).Select(role => page[$"overseer_hub_connections{{role=\"{role}\"}}"]));
        Assert.Equal(2, page["overseer_hub_sessions"]);

        await viewer.SayAsync("UNSUBSCRIBE", "box");
        await producer.SayAsync("COMPLETE", "box");
        await stranger.DisposeAsync();
        page = await scraper.UntilAsync("the end of all that", page => page["overseer_hub_sessions"] == 1 && page["overseer_connections"] == 4 && page["overseer_hub_connections{role=\"idle\"}"] == 2);
        Assert.Equal((0, 0, 1), (page["overseer_hub_connections{role=\"unauthenticated\"}"], page["overseer_hub_connections{role=\"viewer\"}"], page["overseer_hub_connections{role=\"producer\"}"]));

        async Task<double> RoleAsync(string role) => (await scraper.ScrapeAsync())[$"overseer_hub_connections{{role=\"{role}\"}}"];
    }

    [Fact]
    public async Task Messages_and_errors_are_counted_in_a_bounded_set_of_labels()
    {
        await using var server = await RunningServer.StartAsync();
        using var scraper = Scraper.Of(server);
        await using var client = await server.ConnectHubAsync();
        for (var i = 0; i < 300; i++)
        {
            await client.LogAsync("box", $"{i}");
        }

        await client.SayAsync("ERROR", "box", """{"error":"e"}""");
        await client.SayAsync("status", "box", """{"status":"running"}""");
        for (var i = 0; i < 20; i++)
        {
            await client.SayAsync($"odd-{i}", "box");
            await client.HearErrorAsync("BAD_MESSAGE");
        }

        await client.SendAsync("no JSON");
        await client.HearErrorAsync("BAD_MESSAGE");
        await client.SayAsync("LOG", "", "{}");
        await client.HearErrorAsync("BAD_MESSAGE");
        await client.SayAsync("COMMAND", "nobody", """{"command":"stop"}""");
        await client.HearErrorAsync("NO_PRODUCER");
        await client.SayAsync("HEARTBEAT", "box");
        await client.HearAsync("heartbeat");
        await client.SayAsync("COMPLETE", "box");
        await client.SayAsync("SUBSCRIBE", "box", """{"history":1}""");
        await client.HearAsync("complete");

        var page = await scraper.ScrapeAsync();

        Assert.Equal((301, 1, 1, 21), (Messages("log"), Messages("error"), Messages("status"), Messages("other")));
        Assert.Equal((1, 1, 1, 1, 0), (Messages("command"), Messages("heartbeat"), Messages("complete"), Messages("subscribe"), Messages("unsubscribe")));
        Assert.Equal(9, page.Samples.Keys.Count(series => series.StartsWith("overseer_hub_messages_total{", StringComparison.Ordinal)));
        Assert.Equal((22, 1, 0), (Errors("BAD_MESSAGE"), Errors("NO_PRODUCER"), Errors("NOT_STORED")));
        Assert.Equal(HubError.Codes.Count, page.Samples.Keys.Count(series => series.StartsWith("overseer_hub_errors_total{", StringComparison.Ordinal)));

        double Messages(string type) => page[$"overseer_hub_messages_total{{type=\"{type}\"}}"];
        double Errors(string code) => page[$"overseer_hub_errors_total{{code=\"{code}\"}}"];
    }

    [Fact]
    public async Task What_all_viewers_of_a_container_are_told_is_counted_once()
    {
        await using var server = await RunningServer.StartAsync("hub: {session_timeout: 300ms}");
        using var scraper = Scraper.Of(server);
        await using var one = await server.ConnectHubAsync("?containerID=box");
        await using var two = await server.ConnectHubAsync("?containerID=box");
        await using var producer = await server.ConnectHubAsync();
        await producer.LogAsync("box", "m");
        await one.HearErrorAsync("SESSION_TIMEOUT");
        await two.HearErrorAsync("SESSION_TIMEOUT");

        var page = await scraper.ScrapeAsync();
        Assert.Equal((1, 0), (page["overseer_hub_errors_total{code=\"SESSION_TIMEOUT\"}"], page["overseer_hub_sessions"]));
    }

    [Fact]
    public async Task They_are_exported_by_OTLP_too()
    {
        await using var receiver = await OtlpReceiver.StartAsync(grpc: false);
        await using var site = new Site();
        await site.StartAsync("env", $"OTEL_EXPORTER_OTLP_ENDPOINT={receiver.Address}", "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", "OTEL_METRIC_EXPORT_INTERVAL=200");
        await using var producer = await HubWire.ConnectAsync(new UnixDomainSocketEndPoint(site.PathOf("run/overseer.sock")));
        await producer.LogAsync("box", "m");
        await producer.SayAsync("odd", "box");
        await producer.HearErrorAsync("BAD_MESSAGE");

        var exported = await receiver.NextAsync(exported => exported.Values.GetValueOrDefault("overseer.hub.messages{type=other}") == 1);

        Assert.Equal((1, 1, 1), (exported.Values["overseer.hub.messages{type=log}"], exported.Values["overseer.hub.errors{code=BAD_MESSAGE}"], exported.Values["overseer.hub.sessions"]));
        Assert.Equal(1, exported.Values["overseer.hub.connections{role=producer}"]);
    }

    [Fact]
    public void The_hubs_page_has_every_code_in_its_order()
    {
        var table = Document().Split('\n').SkipWhile(line => !line.StartsWith("| code ", StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|'));
        Assert.Equal(HubError.Codes, table.Select(row => row.Split('`')[1]));
    }

    private static string Document([CallerFilePath] string here = "") => File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "../../../docs/hub.md"));
}
