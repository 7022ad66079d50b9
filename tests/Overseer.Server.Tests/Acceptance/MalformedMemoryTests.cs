using System.Text;
using Overseer.Protocols.Tests;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Acceptance;

/// <summary>What clients do wrong costs the server nothing that stays.</summary>
[Collection(nameof(Alone))]
public sealed class MalformedMemoryTests
{
    private const int Batches = 8;
    private const long MostGrowth = 512 * 1024;

    [Fact]
    public async Task Thousands_of_wrong_messages_leave_no_memory_behind()
    {
        await using var server = await RunningServer.StartAsync();
        await using var connection = await server.ConnectRawAsync();
        var frames = GoldenFiles.Cases("refused").Where(one => one.Input.Length < 50_000).Select(one => RawConnection.Frame(RawConnection.Binary, one.Input)).ToList();
        await AssertFlatAsync(() => SendAllAsync(rounds: 20));

        async Task SendAllAsync(int rounds)
        {
            for (var round = 0; round < rounds; round++)
            {
                await connection.SendBytesAsync(frames.SelectMany(frame => frame).ToArray());
                for (var i = 0; i < frames.Count; i++)
                {
                    Assert.Equal("error", (await connection.ReadMessageAsync()).Type);
                }
            }
        }
    }

    [Fact]
    public async Task A_thousand_connections_that_break_off_leave_nothing_behind()
    {
        await using var server = await RunningServer.StartAsync("limits: {max_message_bytes: 65536}");
        byte[][] ends =
        [
            [0x81, 0xfe],
            RawConnection.Frame(RawConnection.Text, "{"u8, last: false),
            RawConnection.Frame(RawConnection.Text, "{}"u8, masked: false),
            RawConnection.Frame(RawConnection.Binary, new byte[65537]),
            RawConnection.Frame(RawConnection.Text, Encoding.UTF8.GetBytes("""{"type":"subscribe","id":"1","task_id":"t"}""")),
        ];
        await ConnectAsync(rounds: 20);
        await server.UntilNobodyIsConnectedAsync();
        var before = Directory.GetFiles("/proc/self/fd").Length;

        await AssertFlatAsync(async () =>
        {
            await ConnectAsync(rounds: 100);
            await server.UntilNobodyIsConnectedAsync();
        });

        // A socket is closed some moments after its connection is no longer counted.
        using var closing = new CancellationTokenSource(WireClient.Deadline);
        while (Directory.GetFiles("/proc/self/fd").Length is var now && now > before + 10)
        {
            Assert.False(closing.IsCancellationRequested, $"{now} descriptors are open, {before} were before");
            await Task.Yield();
        }

        async Task ConnectAsync(int rounds)
        {
            for (var i = 0; i < rounds * ends.Length; i++)
            {
                await using var connection = await server.ConnectRawAsync();
                await connection.SendBytesAsync(ends[i % ends.Length]);
                if (i % 2 == 0)
                {
                    connection.Reset();
                }
            }
        }
    }

    /// <summary>
    /// Pools fill up and empty by rules of their own, so one batch may grow. A leak grows with every batch: some kilobytes for each of its
    /// thousands of messages, or hundreds of connections.
    /// </summary>
    private static async Task AssertFlatAsync(Func<Task> batch)
    {
        var growth = new List<long>();
        while (growth.Count < Batches)
        {
            var before = Memory();
            await batch();
            growth.Add(Memory() - before);
            if (growth.Count > 1 && growth[^1] <= MostGrowth)
            {
                return;
            }
        }

        Assert.Fail($"every batch left memory behind: {string.Join(", ", growth)} bytes");
    }

    private static long Memory()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
