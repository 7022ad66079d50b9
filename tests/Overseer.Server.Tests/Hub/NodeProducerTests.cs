using System.Diagnostics;
using System.Net.Sockets;
using Overseer.Server.Tests.Faults;
using Overseer.Server.Tests.Foreign;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Hub;

/// <summary>A wrapper of a container, written with Node's <c>ws</c>, reports to a server that is a process of its own.</summary>
public sealed class NodeProducerTests
{
    private const string Hub = "hub: {token: a-token-0123456789, heartbeat_interval: 1s, session_timeout: 20s}";

    [Theory]
    [InlineData("KILL")]
    [InlineData("TERM")]
    public async Task A_session_survives_the_server_and_goes_on_when_its_container_reports_again(string signal)
    {
        await using var site = new Site(Hub);
        await site.StartAsync();
        using var producer = Begin(site, "box", 600);
        await using (var first = await ViewerAsync(site))
        {
            await first.ExpectAsync("line 50", message => message.Type == "LOG" && message.Data("message") == "line 50");
        }

        if (signal == "KILL")
        {
            await site.KillServerAsync();
        }
        else
        {
            site.Server.Signal(signal);
            await site.Server.EndAsync();
        }

        await site.StartAsync();

        await using var viewer = await ViewerAsync(site, ",\"data\":{\"from_seq\":1}");
        var heard = (await viewer.UntilAsync("complete", message => message.Type == "COMPLETE")).Where(message => message.Seq > 0).ToList();
        Assert.Equal(Enumerable.Range(1, heard.Count).Select(seq => (long)seq), heard.Select(message => message.Seq));
        var lines = heard.Where(message => message.Type == "LOG").Select(message => int.Parse(message.Data("message")!.AsSpan(5), System.Globalization.CultureInfo.InvariantCulture)).ToList();

        // A wrapper without deliveries loses what was on its way when the server died, and nothing else.
        Assert.Equal(lines.Order().Distinct(), lines);
        Assert.Equal((1, 600), (lines[0], lines[^1]));
        Assert.InRange(lines.Count, 300, 600);
        await producer.WaitForExitAsync().WaitAsync(WireClient.Deadline);
        Assert.Equal(0, producer.ExitCode);

        await using var client = await site.ConnectAsync();
        await client.AskAsync("subscribe", ("task_id", "box"), ("from_seq", 1));
        var exited = (await client.UntilAsync("exited", "box")).Where(message => message.Type == "exited").ToList();
        Assert.Equal(0, Assert.Single(exited).ExitCode);
        var task = Assert.Single(await client.ListAsync());
        Assert.Equal(("stopped", "completed"), (task.Text("state"), task.Text("note")));
    }

    [Fact]
    public async Task A_stop_reaches_the_wrapper_which_ends_its_work()
    {
        await using var site = new Site(Hub);
        await site.StartAsync();
        using var producer = Begin(site, "box", 1_000_000);
        await using var client = await site.ConnectAsync();
        await client.AskAsync("subscribe", ("task_id", "box"));
        await client.ExpectAsync("output", "box");
        await client.SendAsync("stop", ("task_id", "box"));

        var exited = await client.ExpectAsync("exited", "box");
        Assert.Equal((143, true), (exited.ExitCode, exited.Intentional));
        await producer.WaitForExitAsync().WaitAsync(WireClient.Deadline);
        Assert.Contains("COMMAND \"stop\"", await producer.StandardOutput.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_reporter_delivered_before_the_server_died_is_known_to_the_next_one()
    {
        const string Id = "0e984725-c51c-4bf4-9960-e1c80e27aba0";
        await using var site = new Site(Hub);
        await site.StartAsync();
        await using (var container = await HubWire.ConnectAsync(Socket(site)))
        {
            for (var n = 1; n <= 700; n++)
            {
                await container.LogAsync("box", $"{n}", $$$""","delivery":{"id":"{{{Id}}}","n":{{{n}}}}""");
            }

            await container.SettleAsync("box");
        }

        await site.KillServerAsync();
        await site.StartAsync();
        await using var again = await HubWire.ConnectAsync(Socket(site));
        Assert.Contains("\"n\":700", (await again.SettleAsync("box", $$$"""{"delivery":{"id":"{{{Id}}}"}}""")).Data("delivery"), StringComparison.Ordinal);
        for (var n = 690; n <= 710; n++)
        {
            await again.LogAsync("box", $"{n}", $$$""","delivery":{"id":"{{{Id}}}","n":{{{n}}}}""");
        }

        await using var viewer = await ViewerAsync(site, ",\"data\":{\"from_seq\":1}");
        for (var n = 1; n <= 710; n++)
        {
            Assert.Equal((n, $"{n}"), (await viewer.HearAsync("LOG") is var log ? (log.Seq, log.Data("message")) : default));
        }
    }

    [Fact]
    public async Task Alone_the_hub_serves_containers_and_viewers_on_the_network_and_the_owner_on_its_socket()
    {
        var place = Directory.CreateTempSubdirectory("overseer-hub-").FullName;
        var server = ServerProcess.Begin("env", "AUTH_TOKEN=a-token-0123456789", "PORT=0", "LOG_LEVEL=debug", ServerProcess.Program, "hub", "--state-dir", place + "/state", "--runtime-dir", place + "/run");
        try
        {
            var endPoint = new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, await server.ReadyAsync());
            await using var container = await WireClient.ConnectAsync(endPoint, "/ws?token=a-token-0123456789");
            await container.LogAsync("box", "m");
            await container.SettleAsync("box");
            Assert.Equal(404, (await Trust.Knock.AtAsync(endPoint, "/metrics")).Status);
            Assert.Equal(401, (await Trust.Knock.AtAsync(endPoint, "/ws?token=wrong")).Status);
            Assert.Equal(200, (await Trust.Knock.AtAsync(endPoint, "/healthz")).Status);

            await using var owner = await WireClient.ConnectAsync(new UnixDomainSocketEndPoint(place + "/run/overseer.sock"));
            Assert.Equal("session", Assert.Single(await owner.ListAsync()).Text("origin"));
            server.Signal("TERM");
            var (code, _, error) = await server.EndAsync();
            Assert.Equal(0, code);
            Assert.DoesNotContain("a-token-0123456789", error, StringComparison.Ordinal);
        }
        finally
        {
            await server.DisposeAsync();
            await ServerProcess.NobodyLeftAsync(place);
            Directory.Delete(place, recursive: true);
        }
    }

    private static UnixDomainSocketEndPoint Socket(Site site) => new(site.PathOf("run/overseer.sock"));

    private static async Task<WireClient> ViewerAsync(Site site, string more = "")
    {
        var viewer = await HubWire.ConnectAsync(Socket(site), "?token=a-token-0123456789");
        await viewer.SendAsync($$"""{"type":"SUBSCRIBE","containerID":"box"{{more}}}""");
        return viewer;
    }

    private static Process Begin(Site site, string container, int count)
    {
        var start = new ProcessStartInfo("node", [ForeignProgram.Source("producer.js"), $"ws+unix://{site.PathOf("run/overseer.sock")}:/?token=a-token-0123456789", container, $"{count}"]) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["NODE_PATH"] = "/usr/share/nodejs";
        return Process.Start(start)!;
    }
}
