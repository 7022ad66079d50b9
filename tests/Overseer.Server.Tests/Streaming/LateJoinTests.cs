using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Streaming;

public sealed class LateJoinTests
{
    private const int Joins = 1000;

    // Line N says N, so a message tells whether it is the right one. Bursts, so that a test client can keep up with it.
    private const string Counter = "i=0; while :; do j=$((i+500)); seq $((i+1)) $j; i=$j; sleep 0.005; done";

    [Fact]
    public async Task Joining_at_a_random_seq_during_full_output_has_neither_hole_nor_double()
    {
        await using var server = await RunningServer.StartAsync();
        await using var starter = await server.ConnectAsync();
        Assert.Equal("started", (await starter.StartShellAsync("counter", Counter)).Type);
        await starter.AskAsync("unsubscribe", ("task_id", "counter"));

        await using var client = await server.ConnectAsync();
        var random = new Random(20261120);
        var known = 1L;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        for (var join = 0; join < Joins; join++)
        {
            // Mostly near the live end, where history becomes live; sometimes anywhere, sometimes exactly there, sometimes ahead.
            var from = (join % 50) switch
            {
                0 => random.NextInt64(1, known + 1),
                < 10 => known,
                < 15 => known + random.NextInt64(1, 1_000_000),
                _ => Math.Max(1, known - random.NextInt64(0, 1_500)),
            };
            known = await JoinAsync(client, from, 300 + random.Next(500), deadline.Token);
        }

        await starter.SendAsync("stop", ("task_id", "counter"), ("grace", "0"));
    }

    /// <summary>Subscribes at a seq, checks so many lines, unsubscribes; gives the next seq as the server saw it at the join.</summary>
    private static async Task<long> JoinAsync(WireClient client, long from, int lines, CancellationToken cancel)
    {
        var id = await client.SendAsync("subscribe", ("task_id", "counter"), ("from_seq", from));
        var subscribed = NumberedLine.Read(await client.ReadBytesAsync(cancel));
        Assert.Equal(("subscribed", id), (subscribed.Type, subscribed.Id));
        var expected = 0L;
        for (var i = 0; i < lines; i++)
        {
            var line = NumberedLine.Read(await client.ReadBytesAsync(cancel));
            Assert.Equal("output", line.Type);
            if (i == 0)
            {
                // From the past on exactly there; a number that is not there yet means the live end.
                expected = from <= subscribed.NextSeq ? from : line.Seq;
                Assert.True(line.Seq >= Math.Min(from, subscribed.NextSeq));
            }

            Assert.Equal((expected, expected), (line.Seq, line.Number));
            expected++;
        }

        var end = await client.SendAsync("unsubscribe", ("task_id", "counter"));
        while (NumberedLine.Read(await client.ReadBytesAsync(cancel)) is var message && message.Type != "unsubscribed")
        {
            Assert.Equal((expected, expected), (message.Seq, message.Number));
            expected++;
        }

        Assert.NotEmpty(end);
        return subscribed.NextSeq;
    }
}
