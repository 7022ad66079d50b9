// A thousand connections that mean no good, of four kinds. What must hold for each: the server's memory is bounded, they are ended in the configured time, and
// somebody else is served meanwhile as if they were not there: nothing of what he gets is missing, and each of his requests is answered.

using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Transports;

/// <summary>A thousand connections that say nothing, say it slowly, or never listen.</summary>
[Collection(nameof(Alone))]
public sealed class BadConnectionsTests : IAsyncLifetime
{
    private const int Many = 1000;

    /// <summary>1 MiB for each, and what the server needs for itself.</summary>
    private const long MostBytes = (Many + 100L) << 20;
    private const string Upgrade = "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    private readonly string _place = Directory.CreateTempSubdirectory("overseer-bad-").FullName;
    private readonly List<Socket> _bad = [];
    private ServerProcess _server = null!;
    private IPEndPoint _address = null!;

    public async ValueTask InitializeAsync()
    {
        var config = Path.Combine(_place, "overseer.yaml");
        await File.WriteAllTextAsync(config, "limits: {handshake_timeout: 2s, ping_interval: 4s, stall_timeout: 4s, max_connections_per_address: 2000}\n" + RunningServer.Shell);
        _server = ServerProcess.Begin(
            ServerProcess.Program, "serve", "--config", config, "--listen", "127.0.0.1:0", "--state-dir", Path.Combine(_place, "state"), "--runtime-dir", Path.Combine(_place, "run"));
        _address = new IPEndPoint(IPAddress.Loopback, await _server.ReadyAsync());
    }

    public async ValueTask DisposeAsync()
    {
        _bad.ForEach(socket => socket.Dispose());
        await _server.DisposeAsync();
        Directory.Delete(_place, recursive: true);
    }

    [Fact]
    public async Task That_send_nothing() => await BesideAsync(async () =>
    {
        await ConnectAllAsync();
        await AllEndAsync();
    });

    [Fact]
    public async Task That_send_a_byte_a_second_of_their_request() => await BesideAsync(async () =>
    {
        await ConnectAllAsync();
        using var enough = new CancellationTokenSource();
        var sending = TrickleAsync(Encoding.ASCII.GetBytes(Upgrade), enough.Token);
        await AllEndAsync();
        await enough.CancelAsync();
        await sending;
    });

    [Fact]
    public async Task That_upgrade_and_never_say_a_word() => await BesideAsync(async () =>
    {
        await ConnectAllAsync(Encoding.ASCII.GetBytes(Upgrade));
        await AllEndAsync();
    });

    [Fact]
    public async Task That_subscribe_to_a_flood_and_never_read() => await BesideAsync(async () =>
    {
        await using var starter = await WireClient.ConnectAsync(_address);
        var subscribe = Encoding.ASCII.GetBytes(Upgrade).Concat(RawConnection.TextFrame("""{"type":"subscribe","id":"s","task_id":"flood"}""")).ToArray();
        await ConnectAllAsync(subscribe);

        Assert.Equal("started", (await starter.StartShellAsync("flood", "yes 'a line that nobody reads, again and again and again' | head -c 100000000; exec sleep 1000")).Type);
        Assert.Equal("unsubscribed", (await starter.AskAsync("unsubscribe", ("task_id", "flood"))).Type);

        // They read nothing, so they cannot hear of their end; the server's own count tells.
        await UntilFewAsync();
    });

    /// <summary>Does it while a client is served, and looks at the server's memory.</summary>
    private async Task BesideAsync(Func<Task> bad)
    {
        await using var client = await WireClient.ConnectAsync(_address);
        Assert.Equal("started", (await client.StartShellAsync("healthy", $"i=0; while [ ! -e {_place}/enough ]; do i=$((i+1)); echo $i; sleep 0.05; done")).Type);
        var done = bad();
        var most = 0L;
        var seq = 0L;
        var answered = 0;
        while (!done.IsCompleted || answered == 0)
        {
            var id = await client.SendAsync("list", ("limit", 1));
            foreach (var message in await client.UntilAsync("answer to a list", message => message.Id == id))
            {
                if (message.Is("output", "healthy"))
                {
                    Assert.Equal((++seq).ToString(System.Globalization.CultureInfo.InvariantCulture), message.Data);
                }
            }

            answered++;
            most = Math.Max(most, ResidentBytes());
            await Task.WhenAny(done, Task.Delay(20));
        }

        await done;
        await File.WriteAllTextAsync(Path.Combine(_place, "enough"), "");
        foreach (var message in await client.UntilAsync("exited", "healthy"))
        {
            if (message.Type == "output")
            {
                Assert.Equal(++seq, message.Seq);
            }
        }

        Assert.True(most < MostBytes, $"the server took {most >> 20} MiB");
    }

    // What they say is said at once: who says nothing is not waited for.
    private async Task ConnectAllAsync(byte[]? words = null)
    {
        for (var i = 0; i < Many; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
            _bad.Add(socket);
            await socket.ConnectAsync(_address);
            if (words is not null)
            {
                await socket.SendAsync(words);
            }
        }
    }

    /// <summary>Completes when the server has ended every one of them.</summary>
    private Task AllEndAsync() => Task.WhenAll(_bad.Select(async socket =>
    {
        var buffer = new byte[4096];
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        try
        {
            while (await socket.ReceiveAsync(buffer, deadline.Token) > 0)
            {
                // Pings, and refusals, of which it takes no notice.
            }
        }
        catch (SocketException)
        {
            // Ended without ceremony.
        }
    }));

    private async Task TrickleAsync(byte[] request, CancellationToken enough)
    {
        for (var i = 0; i < request.Length && !enough.IsCancellationRequested; i++)
        {
            foreach (var socket in _bad)
            {
                try
                {
                    socket.Send(request.AsSpan(i, 1), SocketFlags.None, out _);
                }
                catch (SocketException)
                {
                    // Ended.
                }
            }

            await Task.WhenAny(Task.Delay(1000, CancellationToken.None), Task.Delay(Timeout.Infinite, enough));
        }
    }

    /// <summary>Completes when only the two clients that read are left.</summary>
    private async Task UntilFewAsync()
    {
        using var http = new HttpClient { Timeout = WireClient.Deadline };
        using var deadline = new CancellationTokenSource(2 * WireClient.Deadline);
        while (true)
        {
            using var health = JsonDocument.Parse(await http.GetStringAsync($"http://{_address}/healthz", deadline.Token));
            if (health.RootElement.GetProperty("connections").GetInt32() <= 2)
            {
                return;
            }

            await Task.Delay(50, deadline.Token);
        }
    }

    private long ResidentBytes()
    {
        var line = File.ReadLines($"/proc/{_server.Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture) << 10;
    }
}
