using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Faults;

/// <summary>Somebody removes journals under a running server: what was in them is lost, what comes after need not be, and nobody falls over it.</summary>
public sealed class RemovedJournalsTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_running_task_is_recorded_again_from_the_next_segment_on(bool all)
    {
        await using var site = new Site("limits: {segment_bytes: 64KiB}");
        await site.StartAsync();
        await using var watcher = await site.ConnectAsync();
        await watcher.StartShellAsync("t", $"i=0; while [ ! -e {site.PathOf("enough")} ]; do i=$((i+1)); printf '%d %0500d\n' $i 0; sleep 0.001; done; echo last; exit 3");
        await watcher.ExpectAsync("a line", e => e.Seq == 300);

        Remove(site, all);
        await using (var late = await site.ConnectAsync())
        {
            // It is told that something is missing, or that nothing can be read; and goes on in either case.
            var answer = await late.AskAsync("subscribe", ("task_id", "t"), ("from_seq", 1));
            Assert.True(answer.Type is "subscribed" or "error", answer.ToString());
            await late.SendAsync("replay", ("task_id", "t"), ("from_seq", 1), ("limit", 5));
            Assert.Single(await late.ListAsync());
        }

        // The next segment has a place of its own again.
        await JournalAsync(site);
        await using var client = await site.ConnectAsync();
        await SubscribeAsync(client);
        var gap = await client.ExpectAsync("gap", "t");
        Assert.Equal((1, "rotated"), (gap.Number("from_seq")!.Value, gap.Text("reason")));
        await File.WriteAllTextAsync(site.PathOf("enough"), "");
        var events = await client.UntilAsync("exited", "t");
        Assert.Equal(3, events[^1].ExitCode);
        var lines = events.Where(e => e.Type == "output").ToList();
        Assert.Equal(Enumerable.Range(0, lines.Count).Select(i => gap.Number("to_seq")!.Value + 1 + i), lines.Select(line => line.Seq));
        Assert.Equal("last", lines[^1].Data);
        Assert.All(lines.SkipLast(1), line => Assert.StartsWith($"{line.Seq} ", line.Data, StringComparison.Ordinal));
        Assert.Equal(3, Assert.Single(await client.ListAsync()).Number("last_exit_code"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_ended_task_that_is_started_again_is_recorded_and_its_numbers_go_on(bool all)
    {
        await using var site = new Site();
        await site.StartAsync();
        await using (var client = await site.ConnectAsync())
        {
            await client.StartShellAsync("t", "echo one; echo two");
            await client.ExpectAsync("exited", "t");
        }

        Remove(site, all);
        await using var again = await site.ConnectAsync();
        Assert.Equal("started", (await again.StartShellAsync("t", "echo three; exit 4")).Type);
        var line = await again.ExpectAsync("output", "t");
        Assert.Equal((3, "three"), (line.Seq, line.Data));
        Assert.Equal(4, (await again.ExpectAsync("exited", "t")).ExitCode);
        await again.SendAsync("replay", ("task_id", "t"), ("from_seq", 1));
        var events = await again.UntilAsync("exited", "t");
        Assert.Equal([3L], events.Where(e => e.Type == "output").Select(e => e.Seq));

        // New tasks have a place as well.
        Assert.Equal("started", (await again.StartShellAsync("u", "echo new")).Type);
        Assert.Equal("new", (await again.ExpectAsync("output", "u")).Data);
    }

    private static void Remove(Site site, bool all)
    {
        var root = Path.Combine(site.State, "journals");
        Directory.Delete(all ? root : Assert.Single(Directory.GetDirectories(root)), recursive: true);
    }

    // A file of something else may be there before the segment is: until then it is an error that says so.
    private static async Task SubscribeAsync(WireClient client)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        while (await client.AskAsync("subscribe", ("task_id", "t"), ("from_seq", 1)) is { Type: not "subscribed" } answer)
        {
            Assert.False(deadline.IsCancellationRequested, answer.ToString());
            await Task.Delay(10);
        }
    }

    private static async Task JournalAsync(Site site)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        var root = Path.Combine(site.State, "journals");
        while (!Directory.Exists(root) || Directory.GetFiles(root, "*", SearchOption.AllDirectories).Length == 0)
        {
            Assert.False(deadline.IsCancellationRequested, "no segment is begun");
            await Task.Delay(10);
        }
    }
}
