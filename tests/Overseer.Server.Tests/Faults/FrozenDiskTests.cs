using System.Diagnostics;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Faults;

/// <summary>The disk under the journals is stuck: the recorder hangs in a write, and cannot even be killed. Nobody else is held up, and nothing is recorded twice.</summary>
public sealed class FrozenDiskTests
{
    [Fact]
    public async Task A_recorder_that_cannot_die_is_waited_for_and_the_next_one_goes_on_to_the_byte()
    {
        await using var site = new Site();
        Directory.CreateDirectory(site.State, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var disk = site.Mount(Disk.Freezable(Path.Combine(site.State, "journals"), 64));
        await site.StartAsync();
        await using var client = await site.ConnectAsync();
        await using var watcher = await site.ConnectAsync();
        await watcher.StartShellAsync("printer", $"i=0; while [ ! -e {site.PathOf("enough")} ]; do i=$((i+1)); echo $i; echo $i >&2; sleep 0.01; done; exit 12");
        var stopped = (await client.StartShellAsync("stopped", $"trap 'touch {site.PathOf("trapped")}; exit 0' TERM; echo ready; while :; do sleep 0.1; done")).Pid;
        await client.ExpectAsync("output", "stopped");
        await watcher.ExpectAsync("a line", e => e.Seq == 20);

        disk.Freeze();
        var recorder = site.RecorderPid;
        await StuckAsync(recorder);
        Site.Kill("KILL", recorder);
        await site.HealthAsync("recording is stalled");
        var refused = await client.StartShellAsync("refused", "exit 0");
        Assert.Contains("recording is stalled", refused.Message, StringComparison.Ordinal);

        // Signals are the server's own business.
        await client.SendAsync("stop", ("task_id", "stopped"));
        await site.FileAsync("trapped");
        for (var i = 0; i < 20; i++)
        {
            var asked = Stopwatch.StartNew();
            Assert.Equal(2, (await client.ListAsync()).Count);
            Assert.True(asked.Elapsed < TimeSpan.FromSeconds(10), "the server is held up");
            Assert.Equal([recorder], site.RecorderPids);
            await Task.Delay(50);
        }

        disk.Thaw();
        Assert.NotEqual(recorder, await site.NextRecorderAsync(recorder));
        await site.HealthAsync("\"ok\"");
        var exited = await client.ExpectAsync("exited", "stopped");
        Assert.Equal((0, true), (exited.ExitCode, exited.Intentional));
        Assert.Equal("started", (await client.StartShellAsync("after", "echo after")).Type);
        Assert.Equal("after", (await client.ExpectAsync("output", "after")).Data);
        await File.WriteAllTextAsync(site.PathOf("enough"), "");
        Assert.Equal(12, (await watcher.ExpectAsync("exited", "printer")).ExitCode);

        await using var reader = await site.ConnectAsync();
        await reader.AskAsync("subscribe", ("task_id", "printer"), ("from_seq", 1));
        var events = await reader.UntilAsync("exited", "printer");
        Assert.DoesNotContain(events, e => e.Type == "gap");
        foreach (var stream in (string[])["stdout", "stderr"])
        {
            var lines = events.Where(e => e.Stream == stream).Select(e => e.Data).ToList();
            Assert.Equal(Enumerable.Range(1, lines.Count).Select(i => $"{i}"), lines);
        }

        Assert.Equal(Enumerable.Range(1, events.Count(e => e.Type == "output")).Select(i => (long)i), events.Where(e => e.Type == "output").Select(e => e.Seq));
        Assert.DoesNotContain(Directory.EnumerateDirectories("/proc"), name => name == $"/proc/{stopped}");
    }

    /// <summary>Waits until one of its threads is in a sleep that nothing interrupts.</summary>
    private static async Task StuckAsync(int pid)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        while (!Directory.EnumerateDirectories($"/proc/{pid}/task").Any(thread => File.ReadAllText($"{thread}/stat").Contains(") D ", StringComparison.Ordinal)))
        {
            Assert.False(deadline.IsCancellationRequested, "it is not stuck");
            await Task.Delay(10);
        }
    }
}
