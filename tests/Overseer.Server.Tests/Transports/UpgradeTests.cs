using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Transports;

/// <summary>What happens while the upgrade of a connection is answered, after which its client knows that it is connected.</summary>
public sealed class UpgradeTests
{
    [Fact]
    public async Task Who_is_connected_misses_nothing_that_all_are_told()
    {
        await using var server = await RunningServer.StartAsync();
        await using var other = await server.ConnectAsync();
        await using var client = new WatchedUpgrade(server, "", async () =>
        {
            Assert.Equal("pool_info", (await other.AskAsync("set_pool", ("action", "sh"), ("size", 7))).Type);
            await server.Server.EngineTurnAsync();
        });

        await SendAsync(client, """{"type":"list","id":"l"}""");

        var updated = await ReadAsync(client);
        Assert.Equal(("pool_updated", "sh"), (updated.Type, updated.Text("action")));
        Assert.Equal(7, updated.Json.GetProperty("pool").GetProperty("limit").GetInt32());
        Assert.Equal(("tasks", "l"), await ReadAsync(client) is var answer ? (answer.Type, answer.Id) : default);
    }

    [Fact]
    public async Task An_older_client_misses_no_output_either()
    {
        await using var server = await RunningServer.StartAsync();
        await using var other = await server.ConnectAsync();
        var fifo = new Fifo(Path.Combine(server.Place, "go"));
        Assert.Equal("started", (await other.StartShellAsync("t", $"read line < {fifo.Path}; echo \"$line\"; exec sleep 1000")).Type);
        await using var client = new WatchedUpgrade(server, "?protocol=v1", async () =>
        {
            await fifo.OpenAsync();
            await other.ExpectAsync("output", "t");
        });

        Assert.Equal(("output", "go"), await ReadAsync(client) is var output ? (output.Type, output.Data) : default);
    }

    [Fact]
    public async Task Of_a_client_whose_upgrade_fails_nothing_is_left()
    {
        await using var server = await RunningServer.StartAsync();
        var before = server.Server.Requesters.Count;
        var during = 0;
        await using var client = new WatchedUpgrade(server, "", () =>
        {
            during = server.Server.Requesters.Count;
            throw new IOException("it has gone");
        });

        await Assert.ThrowsAsync<IOException>(() => client.Served.WaitAsync(WireClient.Deadline));

        Assert.Equal((before + 1, before), (during, server.Server.Requesters.Count));
        Assert.Equal(0, server.Server.Door.Connections.Count);
    }

    private static async Task SendAsync(WatchedUpgrade client, string json)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        await client.Socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, endOfMessage: true, deadline.Token);
    }

    private static async Task<WireMessage> ReadAsync(WatchedUpgrade client)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        var buffer = new byte[64 * 1024];
        var length = 0;
        while (true)
        {
            var received = await client.Socket.ReceiveAsync(buffer.AsMemory(length), deadline.Token);
            length += received.Count;
            if (received.EndOfMessage)
            {
                using var document = JsonDocument.Parse(buffer.AsMemory(0, length));
                return new WireMessage(document.RootElement.Clone());
            }
        }
    }
}
