using System.Diagnostics;
using System.Globalization;
using Overseer.Server.Tests.Faults;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.EventLog;

/// <summary>Servers are killed, files moved away, disks full and stuck: the log has every line once, and nobody else is held up.</summary>
public sealed class LogFaultTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    [Fact]
    public async Task A_server_that_is_killed_again_and_again_leaves_a_log_without_hole_or_double()
    {
        var logs = Directory.CreateTempSubdirectory("overseer-log-").FullName;
        await using var site = new Site($"log_file: {logs}/events.jsonl\nretry: {{restart_delay: 5ms}}");
        await site.StartAsync();
        await using (var client = await site.ConnectAsync())
        {
            for (var i = 0; i < 4; i++)
            {
                await client.StartShellAsync($"printer{i}", $"i=0; while [ ! -e {site.PathOf("enough")} ]; do i=$((i+1)); echo $i; [ $((i % 20)) = 0 ] && sleep 0.005; done; exec sleep 1000");
            }

            // Each of its lives is over at once, and the next begins.
            await client.StartShellAsync("crasher", "echo alive; exit 3");
        }

        for (var round = 0; round < 12; round++)
        {
            await Task.Delay(40 + (round * 37 % 150));
            await site.KillServerAsync();
            if (round % 4 == 3)
            {
                File.Move($"{logs}/events.jsonl", $"{logs}/events.{round:D2}");
            }

            await site.StartAsync();
        }

        await File.WriteAllTextAsync(site.PathOf("enough"), "");
        await using var last = await site.ConnectAsync();
        for (var i = 0; i < 4; i++)
        {
            await last.SendAsync("stop", ("task_id", $"printer{i}"));
        }

        await last.SendAsync("stop", ("task_id", "crasher"));
        var ends = new List<WireMessage>();
        await UntilAsync(async () => (ends = [.. await last.ListAsync()]).TrueForAll(task => task.Text("state") != "active"));

        site.Server.Signal("TERM");
        await site.Server.EndAsync();
        var files = Directory.GetFiles(logs).Order(StringComparer.Ordinal).Where(file => !file.EndsWith("jsonl", StringComparison.Ordinal)).Append($"{logs}/events.jsonl");
        var events = LoggedEvents.Read(files);

        // What clients are told from the journals is the truth.
        await site.StartAsync();
        await using var reader = await site.ConnectAsync();
        foreach (var task in ends.Select(task => task.TaskId!))
        {
            await reader.AskAsync("subscribe", ("task_id", task), ("from_seq", 1));
            var truth = new List<string>();
            var runs = events.Count(e => e.Is("started", task));
            Assert.True(runs > 0, task);
            for (var exits = 0; exits < runs;)
            {
                var message = await reader.ExpectAsync($"event of {task}", e => e.TaskId == task && e.Type is "output" or "exited" or "gap");
                truth.Add(message.Json.GetRawText());
                exits += message.Type == "exited" ? 1 : 0;
            }

            var logged = events.Where(e => e.TaskId == task).ToList();
            Assert.Equal(truth, logged.Where(e => e.Type is "output" or "exited" or "gap").Select(e => e.Json.GetRawText()));
            Assert.DoesNotContain(logged, e => e.Type == "gap");
            CheckRuns(logged);
        }

        Directory.Delete(logs, recursive: true);
    }

    [Fact]
    public async Task What_happened_while_there_was_no_server_is_in_the_log_once()
    {
        var logs = Directory.CreateTempSubdirectory("overseer-log-").FullName;
        await using var site = new Site($"log_file: {logs}/events.jsonl");
        await site.StartAsync();
        var go = new Fifo(site.PathOf("go"));
        var life = new Fifo(site.PathOf("life"));
        var gone = life.Gone();
        await using (var client = await site.ConnectAsync())
        {
            await client.StartShellAsync("t", $"exec 9> {life.Path}; echo before; read _ < {go.Path}; seq 1 30000; exit 5");
            await LoggedEvents.UntilAsync($"{logs}/events.jsonl", e => e.Type == "output");
        }

        await site.KillServerAsync();
        await go.OpenAsync();
        await gone;
        for (var i = 0; i < 3; i++)
        {
            await site.StartAsync();
            var events = await LoggedEvents.UntilAsync($"{logs}/events.jsonl", e => e.Type == "exited");
            Assert.Equal(["started", .. Enumerable.Repeat("output", 30001), "exited"], events.Types("t"));
            Assert.Equal(Enumerable.Range(1, 30001).Select(n => (long)n), events.Where(e => e.Type == "output").Select(e => e.Seq));
            await site.KillServerAsync();
        }

        Directory.Delete(logs, recursive: true);
    }

    [Fact]
    public async Task A_filtered_task_is_logged_as_clients_see_it_also_after_a_kill()
    {
        var logs = Directory.CreateTempSubdirectory("overseer-log-").FullName;
        const string Filtered = """
            actions:
              sh:
                type: exec
                config:
                  entrypoint: sh
                  command: ["-c", "[[.script]]"]
                  parameters: {script: }
                  output: {stdout: {condition: "output.data.endsWith('7')"}}

            """;
        await using var site = new Site($"log_file: {logs}/events.jsonl", Filtered);
        await site.StartAsync();
        var go = new Fifo(site.PathOf("go"));
        await using (var client = await site.ConnectAsync())
        {
            await client.StartShellAsync("t", $"seq 1 5000; echo 7; read _ < {go.Path}; seq 5001 10000; exit 2");
            await LoggedEvents.UntilAsync($"{logs}/events.jsonl", e => e.Seq == 501);
        }

        await site.KillServerAsync();
        await go.OpenAsync();
        await site.StartAsync();
        await using var reader = await site.ConnectAsync();
        await reader.AskAsync("subscribe", ("task_id", "t"), ("from_seq", 1));
        var seen = await reader.UntilAsync("exited", "t");
        var events = await LoggedEvents.UntilAsync($"{logs}/events.jsonl", e => e.Type == "exited");
        Assert.Equal(1001, seen.Count(e => e.Type == "output"));
        Assert.Equal(seen.Where(e => e.Type is "output" or "exited").Select(e => e.Json.GetRawText()), events.Skip(1).Select(e => e.Json.GetRawText()));
        Assert.Equal(Enumerable.Range(1, 1001).Select(i => (long)i), events.Where(e => e.Type == "output").Select(e => e.Seq));
        Directory.Delete(logs, recursive: true);
    }

    [Fact]
    public async Task Rotated_with_rename_and_SIGHUP_under_load_no_line_is_lost_or_split()
    {
        var logs = Directory.CreateTempSubdirectory("overseer-log-").FullName;
        await using var site = new Site($"log_file: {logs}/events.jsonl");
        await site.StartAsync();
        await using var client = await site.ConnectAsync();
        await client.StartShellAsync("t", $"i=0; while [ ! -e {site.PathOf("enough")} ]; do i=$((i+1)); seq 1 500; done");
        var files = new List<string>();
        for (var i = 0; i < 25; i++)
        {
            var file = $"{logs}/events.{i:D3}";
            File.Move($"{logs}/events.jsonl", file);
            files.Add(file);
            site.Server.Signal("HUP");
            using var deadline = new CancellationTokenSource(WireClient.Deadline);
            while (!File.Exists($"{logs}/events.jsonl") || new FileInfo($"{logs}/events.jsonl").Length < 10_000)
            {
                Assert.False(deadline.IsCancellationRequested, "the file is not opened again");
                await Task.Delay(10);
            }
        }

        await File.WriteAllTextAsync(site.PathOf("enough"), "");
        await LoggedEvents.UntilAsync($"{logs}/events.jsonl", e => e.Type == "exited");
        var events = LoggedEvents.Read([.. files, $"{logs}/events.jsonl"]);
        var lines = events.Where(e => e.Type == "output").ToList();
        Assert.Equal(Enumerable.Range(1, lines.Count).Select(n => (long)n), lines.Select(e => e.Seq));
        Assert.Equal(lines.Count + 2, events.Count);
        Directory.Delete(logs, recursive: true);
    }

    [Fact]
    public async Task Rotated_by_size_under_load_the_files_follow_each_other()
    {
        var logs = Directory.CreateTempSubdirectory("overseer-log-").FullName;
        await using var site = new Site($"log_file: {{path: {logs}/events.jsonl, max_bytes: 1MiB, keep: 40}}");
        await site.StartAsync();
        await using var client = await site.ConnectAsync();
        await client.StartShellAsync("t", "seq 1 150000");
        await LoggedEvents.UntilAsync($"{logs}/events.jsonl", e => e.Type == "exited");
        var files = Directory.GetFiles(logs).ToList();
        Assert.InRange(files.Count, 10, 41);
        Assert.All(files, file => Assert.InRange(new FileInfo(file).Length, 1, 1 << 20));
        var events = LoggedEvents.Read([.. Enumerable.Range(1, files.Count - 1).Reverse().Select(i => $"{logs}/events.jsonl.{i}"), $"{logs}/events.jsonl"]);
        Assert.Equal(["started", .. Enumerable.Repeat("output", 150_000), "exited"], events.Select(e => e.Type));
        Assert.Equal(Enumerable.Range(1, 150_000).Select(n => (long)n), events.Where(e => e.Type == "output").Select(e => e.Seq));
        Directory.Delete(logs, recursive: true);
    }

    [Fact]
    public async Task Only_as_many_files_are_kept_as_are_to_be()
    {
        var logs = Directory.CreateTempSubdirectory("overseer-log-").FullName;
        await using var site = new Site($"log_file: {{path: {logs}/events.jsonl, max_bytes: 1MiB, keep: 2}}");
        await site.StartAsync();
        await using var client = await site.ConnectAsync();
        await client.StartShellAsync("t", "seq 1 80000");
        var end = await LoggedEvents.UntilAsync($"{logs}/events.jsonl", e => e.Type == "exited");
        Assert.Equal(["events.jsonl", "events.jsonl.1", "events.jsonl.2"], Directory.GetFiles(logs).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var kept = LoggedEvents.Read($"{logs}/events.jsonl.2", $"{logs}/events.jsonl.1").Concat(end).Where(e => e.Type == "output").ToList();
        Assert.Equal(Enumerable.Range(80_001 - kept.Count, kept.Count).Select(n => (long)n), kept.Select(e => e.Seq));
        Directory.Delete(logs, recursive: true);
    }

    [Fact]
    public async Task A_full_disk_stops_the_log_alone_and_with_room_it_catches_up()
    {
        await using var site = new Site($"log_file: {{path: LOGS/events.jsonl, max_bytes: 0}}");
        var disk = site.Mount(Disk.Small(site.PathOf("logs"), 8));
        site.Configure($"log_file: {{path: {disk.Path}/events.jsonl, max_bytes: 0}}");
        await site.StartAsync();
        await using var client = await site.ConnectAsync();
        await client.StartShellAsync("before", "echo before");
        await client.ExpectAsync("exited", "before");
        await LoggedEvents.UntilAsync($"{disk.Path}/events.jsonl", e => e.Type == "exited");
        disk.Fill();
        await client.StartShellAsync("t", "seq 1 20000; exit 4");
        Assert.Equal(20_001, (await client.UntilAsync("exited", "t")).Count);
        await site.HealthAsync("events.jsonl cannot be written");
        Assert.Contains("\"ok\"", await site.HealthAsync(), StringComparison.Ordinal);

        // Also when the server is another one by the time.
        await site.KillServerAsync();
        await site.StartAsync();
        await site.HealthAsync("events.jsonl cannot be written");
        disk.Empty();
        var events = await LoggedEvents.UntilAsync($"{disk.Path}/events.jsonl", e => e.Is("exited", "t"));
        Assert.Equal(["started", .. Enumerable.Repeat("output", 20_000), "exited"], events.Types("t"));
        Assert.Equal(["started", "output", "exited"], events.Types("before"));
        await UntilAsync(async () => !(await site.HealthAsync()).Contains("event_log", StringComparison.Ordinal));
        site.Server.Signal("TERM");
        var (_, _, error) = await site.Server.EndAsync();
        Assert.Equal(1, error.Split('\n').Count(line => line.Contains("cannot be written", StringComparison.Ordinal)));
        Assert.Equal(1, error.Split('\n').Count(line => line.Contains("is written again", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_is_deleted_while_the_log_stands_still_is_a_gap_in_it()
    {
        await using var site = new Site();
        var disk = site.Mount(Disk.Small(site.PathOf("logs"), 8));
        site.Configure($"log_file: {{path: {disk.Path}/events.jsonl, max_bytes: 0}}\nlimits: {{journal_bytes: 1MiB, max_tasks: 2}}");
        await site.StartAsync();
        await using var client = await site.ConnectAsync();
        await client.StartShellAsync("first", "echo one; echo two");
        await client.ExpectAsync("exited", "first");
        await LoggedEvents.UntilAsync($"{disk.Path}/events.jsonl", e => e.Is("exited", "first"));
        disk.Fill();
        await client.StartShellAsync("forgotten", "seq 1 20000");
        await client.ExpectAsync("exited", "forgotten");
        await site.HealthAsync("event_log");
        await client.StartShellAsync("long", "seq -f %0100g 1 40000");
        await client.ExpectAsync("exited", "long");
        var journals = Path.Combine(site.State, "journals");
        await UntilAsync(() => Task.FromResult(Directory.GetFiles(journals, "*.seg", SearchOption.AllDirectories).Sum(LengthOf) < (5 << 20) / 2));

        // The oldest make room; one of them had not been written to the log.
        await client.StartShellAsync("more", "exit 0");
        await client.ExpectAsync("exited", "more");
        Assert.Equal(["long", "more"], (await client.ListAsync()).Select(task => task.TaskId));
        await UntilAsync(() => Task.FromResult(Directory.GetDirectories(journals).Length == 2));
        disk.Empty();
        await LoggedEvents.UntilAsync($"{disk.Path}/events.jsonl", e => e.Is("exited", "more"));
        var events = await LoggedEvents.UntilAsync($"{disk.Path}/events.jsonl", e => e.Is("exited", "long"));
        Assert.Equal(["started", "output", "output", "exited"], events.Types("first"));
        foreach (var (task, lines) in (ReadOnlySpan<(string, int)>)[("forgotten", 20_000), ("long", 40_000)])
        {
            var next = 1L;
            foreach (var e in events.Where(e => e.TaskId == task && e.Type is "output" or "gap").Where(e => e.TaskId == task))
            {
                Assert.Equal(next, e.Type == "gap" ? e.Number("from_seq") : e.Seq);
                next = (e.Type == "gap" ? e.Number("to_seq")!.Value : e.Seq) + 1;
            }

            Assert.Equal(lines + 1, next);
            Assert.Contains(events, e => e.Is("gap", task) && e.Text("reason") == "rotated");
        }

        Assert.Equal("exited", events.Types("long").Last());
    }

    [Fact]
    public async Task A_disk_that_is_stuck_holds_up_nobody_but_the_log()
    {
        await using var site = new Site();
        var disk = site.Mount(Disk.Freezable(site.PathOf("logs"), 64));
        site.Configure($"log_file: {{path: {disk.Path}/events.jsonl, max_bytes: 0}}");
        await site.StartAsync();
        await using var client = await site.ConnectAsync();
        await client.StartShellAsync("warm", "seq 1 1000");
        await client.ExpectAsync("exited", "warm");
        disk.Freeze();
        var taken = Stopwatch.StartNew();
        for (var i = 0; i < 5; i++)
        {
            await client.StartShellAsync($"t{i}", "seq 1 20000; exit 4");
            Assert.Equal(20_001, (await client.UntilAsync("exited", $"t{i}")).Count);
        }

        Assert.True(taken.Elapsed < WireClient.Deadline, "subscribers are held up");
        disk.Thaw();
        var events = await LoggedEvents.UntilAsync($"{disk.Path}/events.jsonl", e => e.Is("exited", "t4"));
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(["started", .. Enumerable.Repeat("output", 20_000), "exited"], events.Types($"t{i}"));
        }
    }

    [Fact]
    public async Task A_file_that_cannot_be_the_log_is_refused_with_a_word()
    {
        var logs = Directory.CreateTempSubdirectory("overseer-log-").FullName;
        var fifo = new Fifo($"{logs}/pipe");
        await RefusedAsync($"{logs}/no/events.jsonl", "cannot open the event log .*: no such file or directory");
        await RefusedAsync(logs, "is no ordinary file");
        await RefusedAsync(fifo.Path, "is no ordinary file");

        await using var first = new Site($"log_file: {logs}/events.jsonl");
        await first.StartAsync();
        await RefusedAsync($"{logs}/events.jsonl", "another server writes the event log");
        Directory.Delete(logs, recursive: true);
    }

    private static async Task RefusedAsync(string path, string pattern)
    {
        await using var site = new Site($"log_file: {path}");
        var (code, _, error) = await site.Begin().EndAsync();
        Assert.NotEqual(0, code);
        Assert.Matches(pattern, error);
    }

    /// <summary>Each start has its exit, what stands between them is in its order, and each restart names the process before.</summary>
    private static void CheckRuns(List<WireMessage> logged)
    {
        var (open, pid, owes) = (0, 0, false);
        foreach (var e in logged.Where(e => e.Type is not "output"))
        {
            switch (e.Type)
            {
                case "started":
                    Assert.Equal(0, open);
                    Assert.False(owes, $"a start without its restarting: {e}");
                    Assert.Equal(pid == 0 ? null : pid, e.Number("restart_of"));
                    open = e.Pid;
                    break;
                case "exited":
                    Assert.Equal(open, e.Pid);
                    (open, pid, owes) = (0, e.Pid, !e.Intentional);
                    break;
                case "restarting":
                    Assert.Equal((0, pid, true), (open, e.Pid, owes));
                    owes = false;
                    break;
                case "dequeued":
                    Assert.False(owes);
                    break;
                default:
                    Assert.Fail(e.ToString());
                    break;
            }
        }

        Assert.Equal(0, open);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        while (!await condition())
        {
            Assert.False(deadline.IsCancellationRequested, "it does not come to that");
            await Task.Delay(20);
        }
    }

    // The server may delete it at any moment.
    private static long LengthOf(string file)
    {
        try
        {
            return new FileInfo(file).Length;
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }
}
