using System.Diagnostics;
using System.Text.RegularExpressions;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Faults;

/// <summary>The disk with state and journals is full: what runs goes on and can be stopped, nothing is begun that could be forgotten, and all of it recovers.</summary>
public sealed partial class FullDiskTests
{
    private const int Megabytes = 16;

    [Fact]
    public async Task Tasks_go_on_and_can_be_stopped_starts_are_refused_and_all_recovers_with_room()
    {
        await using var site = new Site();
        var disk = site.Mount(Disk.Small(site.State, Megabytes));
        await site.StartAsync();
        await using var client = await site.ConnectAsync();
        await using var watcher = await site.ConnectAsync();
        var end = new Fifo(site.PathOf("end"));
        await watcher.StartShellAsync("printer", $"i=0; while [ ! -e {site.PathOf("enough")} ]; do i=$((i+1)); printf '%d %0500d\\n' $i 0; echo $i > {site.PathOf("at")}; sleep 0.002; done; exit 6");
        await client.StartShellAsync("silent", "exec sleep 1000");
        await client.StartShellAsync("talker", "echo ready; exec sleep 1000");
        await client.ExpectAsync("output", "talker");
        await client.StartShellAsync("ends", $"read _ < {end.Path}; exit 21");

        disk.Fill();
        await RefusedAsync(site, client);

        // It goes on although nobody can record what it prints.
        var before = await CountAsync(site);
        await UntilAsync(async () => await CountAsync(site) > before + 400);
        Assert.Contains("the state cannot be stored", await site.HealthAsync(), StringComparison.Ordinal);

        foreach (var id in (string[])["talker", "silent"])
        {
            await client.SendAsync("stop", ("task_id", id), ("grace", "0s"));
            var stopped = await client.ExpectAsync("exited", id);
            Assert.Equal(("SIGKILL", true), (stopped.Signal, stopped.Intentional));
        }

        await end.OpenAsync();
        Assert.Equal(21, (await client.ExpectAsync("exited", "ends")).ExitCode);
        Assert.Equal(1, (await client.ListAsync()).Count(task => task.Text("state") == "active"));

        disk.Empty();
        await site.HealthAsync("\"ok\"");
        Assert.Equal("started", (await client.StartShellAsync("after", "echo after; exit 2")).Type);
        Assert.Equal("after", (await client.ExpectAsync("output", "after")).Data);
        Assert.Equal(2, (await client.ExpectAsync("exited", "after")).ExitCode);
        await CheckPrinterAsync(site, watcher);

        await site.KillServerAsync();
        Assert.Equal("ok", IntegrityOf(Path.Combine(site.State, "overseer.db")));
        await site.StartAsync();
        await using var again = await site.ConnectAsync();
        Assert.Equal(
            ["after 2", "ends 21", "printer 6", "silent -1", "talker -1"],
            (await again.ListAsync()).Where(task => task.Text("state") == "stopped").Select(task => $"{task.TaskId} {task.Number("last_exit_code")}").Order(StringComparer.Ordinal));
        Assert.Equal(5, (await again.ListAsync()).Count);
    }

    [Fact]
    public async Task An_exit_that_no_server_could_store_is_known_to_the_next()
    {
        await using var site = new Site();
        var disk = site.Mount(Disk.Small(site.State, Megabytes));
        await site.StartAsync();
        var end = new Fifo(site.PathOf("end"));
        await using (var client = await site.ConnectAsync())
        {
            await client.StartShellAsync("ends", $"echo one; read _ < {end.Path}; exit 21");
            await client.ExpectAsync("output", "ends");
            disk.Fill();
            await RefusedAsync(site, client);
            await end.OpenAsync();
            Assert.Equal(21, (await client.ExpectAsync("exited", "ends")).ExitCode);
        }

        await site.KillServerAsync();
        disk.Empty();
        await site.StartAsync();
        await using var again = await site.ConnectAsync();
        await again.AskAsync("subscribe", ("task_id", "ends"), ("from_seq", 1));
        Assert.Equal(21, (await again.ExpectAsync("exited", "ends")).ExitCode);
        var task = Assert.Single(await again.ListAsync());
        Assert.Equal(("ends", "stopped", (long?)21), (task.TaskId, task.Text("state"), task.Number("last_exit_code")));
    }

    [Fact]
    public async Task Where_tasks_shall_wait_nothing_is_lost()
    {
        await using var site = new Site("on_full: block");
        var disk = site.Mount(Disk.Small(site.State, Megabytes));
        await site.StartAsync();
        await using var client = await site.ConnectAsync();
        var go = new Fifo(site.PathOf("go"));
        var pid = (await client.StartShellAsync("t", $"echo 0; read _ < {go.Path}; i=0; while [ $i -lt 6000 ]; do i=$((i+1)); printf '%d %0500d\\n' $i 0; done; exit 8")).Pid;
        await client.ExpectAsync("output", "t");
        disk.Fill();
        await go.OpenAsync();

        // In write(2), at a pipe that nobody empties.
        var waits = 0;
        await UntilAsync(async () =>
        {
            waits = (await File.ReadAllTextAsync($"/proc/{pid}/syscall")).StartsWith("1 ", StringComparison.Ordinal) ? waits + 1 : 0;
            return waits == 20;
        });
        disk.Empty();
        var events = await client.UntilAsync("exited", "t");
        Assert.Equal(8, events[^1].ExitCode);
        Assert.DoesNotContain(events, e => e.Type == "gap");
        var lines = events.Where(e => e.Type == "output").ToList();
        Assert.Equal(Enumerable.Range(1, 6000).Select(i => $"{i} {new string('0', 500)}"), lines.Select(line => line.Data));
        Assert.Equal(Enumerable.Range(2, 6000).Select(i => (long)i), lines.Select(line => line.Seq));
    }

    /// <summary>Each start is refused for want of room, and some of them make the store notice.</summary>
    private static async Task RefusedAsync(Site site, WireClient client)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        for (var i = 0; ; i++)
        {
            var answer = await client.StartShellAsync($"refused{i}", "exit 0");
            Assert.Equal("error", answer.Type);
            Assert.Matches("the state cannot be stored|cannot record the output|[Nn]o space left", answer.Message!);
            if ((await site.HealthAsync()).Contains("the state cannot be stored", StringComparison.Ordinal))
            {
                return;
            }

            Assert.False(deadline.IsCancellationRequested, "the store never noticed");
        }
    }

    private static async Task CheckPrinterAsync(Site site, WireClient watcher)
    {
        var events = await watcher.UntilAsync("a gap", e => e.Type == "gap");
        events.AddRange(await watcher.UntilAsync("a line after it", e => e.Type == "output"));
        await File.WriteAllTextAsync(site.PathOf("enough"), "");
        events.AddRange(await watcher.UntilAsync("exited", "printer"));
        Assert.Equal(6, events[^1].ExitCode);
        Assert.Contains(events, e => e.Type == "gap" && e.Text("reason") == "disk_full");
        var output = events.Where(e => e.Type == "output").ToList();
        Assert.Equal(Enumerable.Range(1, output.Count).Select(i => (long)i), output.Select(e => e.Seq));
        var whole = output.Select(e => Whole().Match(e.Data!)).Where(match => match.Success).Select(match => Number(match.Groups["i"].Value)).ToList();
        Assert.Equal(whole.Order(), whole);
        Assert.Equal(whole.Distinct().Count(), whole.Count);
        Assert.Equal(await CountAsync(site), whole[^1]);
        Assert.True(whole.Count < whole[^1], "nothing was lost: the disk was never full");
    }

    private static async Task<int> CountAsync(Site site)
    {
        while (true)
        {
            if (int.TryParse(await site.FileAsync("at"), out var count))
            {
                return count;
            }
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        while (!await condition())
        {
            Assert.False(deadline.IsCancellationRequested, "it does not come to that");
            await Task.Delay(10);
        }
    }

    private static string IntegrityOf(string database)
    {
        using var sqlite = Process.Start(new ProcessStartInfo("sqlite3", [database, "PRAGMA integrity_check"]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        return sqlite.StandardOutput.ReadToEnd().Trim();
    }

    private static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex("^(?<i>[0-9]+) 0{500}$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Whole();
}
