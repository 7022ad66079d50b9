using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Streaming;

[Collection(Alone.Name)]
public sealed class SlowReaderTests(ITestOutputHelper output)
{
    private const int Lines = 1_000_000;
    private const long MostGrowth = 64L * 1024 * 1024;

    [Fact]
    public async Task A_subscriber_that_never_reads_costs_neither_the_other_one_nor_the_child_nor_memory()
    {
        await using var server = await RunningServer.StartAsync();
        await using var deaf = await server.ConnectAsync();
        await deaf.SendAsync("subscribe", ("task_id", "flood"));
        await using var healthy = await server.ConnectAsync();
        Assert.Equal("started", (await healthy.StartShellAsync("flood", $"seq 1 {Lines}")).Type);

        var before = GC.GetTotalMemory(forceFullCollection: true);
        var most = before;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        for (var expected = 1L; expected <= Lines; expected++)
        {
            var line = NumberedLine.Read(await healthy.ReadBytesAsync(deadline.Token));
            Assert.Equal(("output", expected, expected), (line.Type, line.Seq, line.Number));
            if (expected % 100_000 == 0)
            {
                var now = GC.GetTotalMemory(forceFullCollection: true);
                output.WriteLine($"after {expected:N0} lines: {(now - before) / 1024:N0} kB more than before");
                most = Math.Max(most, now);
            }
        }

        Assert.Equal("exited", NumberedLine.Read(await healthy.ReadBytesAsync(deadline.Token)).Type);
        Assert.InRange(most - before, long.MinValue, MostGrowth);

        // The deaf one has missed nothing: it reads from the journal now.
        var subscribed = NumberedLine.Read(await deaf.ReadBytesAsync(deadline.Token));
        Assert.Equal("subscribed", subscribed.Type);
        for (var expected = 1L; expected <= Lines; expected++)
        {
            var line = NumberedLine.Read(await deaf.ReadBytesAsync(deadline.Token));
            Assert.Equal(("output", expected, expected), (line.Type, line.Seq, line.Number));
        }

        Assert.Equal("exited", NumberedLine.Read(await deaf.ReadBytesAsync(deadline.Token)).Type);
    }
}
