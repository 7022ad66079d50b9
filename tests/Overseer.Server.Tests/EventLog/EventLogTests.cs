using System.Globalization;
using System.Text.Json.Nodes;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.EventLog;

/// <summary>What the log holds: what subscribers see, and every start, queue and restart beside it, in their order.</summary>
public sealed class EventLogTests
{
    [Fact]
    public async Task A_task_is_in_the_log_to_the_byte_as_its_subscriber_saw_it()
    {
        await using var server = await RunningServer.StartAsync(place => $"log_file: {place}/events.jsonl\nlimits: {{max_line_bytes: 16}}\n" + RunningServer.Shell);
        await using var client = await server.ConnectAsync();
        var started = await client.StartShellAsync("t ü\"", "echo one; echo twö >&2; echo 0123456789abcdefghij; printf '\\377\\000no end'; exit 3");
        var seen = await client.UntilAsync("exited", "t ü\"");
        var log = server.PathOf("events.jsonl");
        await LoggedEvents.UntilAsync(log, e => e.Type == "exited");
        var lines = LoggedEvents.Lines(log);
        var first = LoggedEvents.Parse(lines[0]);
        Assert.Equal(("started", "t ü\"", started.Pid, ""), (first.Type, first.TaskId, first.Pid, first.Id));
        Assert.Equal(started.Text("ts"), first.Text("ts"));
        Assert.Equal(seen.Where(e => e.TaskId is not null && e.Id is null).Select(e => e.Json.GetRawText()), lines.Skip(1));
        Assert.Contains(seen, e => e.Partial);
        Assert.All(lines, line => Assert.StartsWith("{\"type\":\"", line, StringComparison.Ordinal));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(log));
    }

    [Fact]
    public async Task Every_start_of_a_task_is_there_and_the_numbers_of_its_lines_go_on()
    {
        await using var server = await RunningServer.StartAsync(place => $"log_file: {place}/events.jsonl\n" + RunningServer.Shell);
        await using var client = await server.ConnectAsync();
        var pids = new List<int>();
        for (var run = 1; run <= 20; run++)
        {
            pids.Add((await client.StartShellAsync("t", $"echo {run}; echo {run}")).Pid);
            await client.ExpectAsync("exited", "t");
        }

        await client.StartShellAsync("silent", "exit 0");
        await client.ExpectAsync("exited", "silent");
        var events = await LoggedEvents.UntilAsync(server.PathOf("events.jsonl"), e => e.Is("exited", "silent"));
        Assert.Equal(Enumerable.Repeat<string[]>(["started", "output", "output", "exited"], 20).SelectMany(x => x), events.Types("t"));
        Assert.Equal(pids, events.Where(e => e.Is("started", "t")).Select(e => e.Pid));
        Assert.Equal(Enumerable.Range(1, 40).Select(i => (long)i), events.Where(e => e.Is("output", "t")).Select(e => e.Seq));
        Assert.Equal(["started", "exited"], events.Types("silent"));
    }

    [Fact]
    public async Task Restarts_are_told_behind_the_exit_and_name_the_process_they_replace()
    {
        await using var server = await RunningServer.StartAsync(place => $"log_file: {place}/events.jsonl\nretry: {{restart_delay: 20ms, error_threshold: 3}}\n" + RunningServer.Shell);
        await using var client = await server.ConnectAsync();
        await client.StartShellAsync("t", "echo out; exit 5");
        await client.ExpectAsync("errored", "t");
        var events = await LoggedEvents.UntilAsync(server.PathOf("events.jsonl"), e => e.Type == "errored");
        Assert.Equal(
            ["started", "output", "exited", "restarting", "started", "output", "exited", "restarting", "started", "output", "exited", "errored"],
            events.Types("t"));
        var starts = events.Where(e => e.Type == "started").ToList();
        Assert.Equal([null, starts[0].Pid, (long)starts[1].Pid], starts.Select(e => e.Number("restart_of")));
        Assert.Equal([1L, 2L], events.Where(e => e.Type == "restarting").Select(e => e.Number("attempt")!.Value));
    }

    [Fact]
    public async Task Queues_are_in_the_log_also_of_tasks_that_never_ran()
    {
        await using var server = await RunningServer.StartAsync(place => $"log_file: {place}/events.jsonl\ntask_pool: {{size: 1, queue_size: 5}}\n" + RunningServer.Shell);
        await using var client = await server.ConnectAsync();
        var end = new Fifo(server.PathOf("end"));
        await client.StartShellAsync("first", $"read _ < {end.Path}");
        Assert.Equal("queued", (await client.StartShellAsync("second", "echo second")).Type);
        Assert.Equal("queued", (await client.StartShellAsync("third", "echo third")).Type);
        await client.SendAsync("stop", ("task_id", "third"));
        await client.ExpectAsync("dequeued", "third");
        await end.OpenAsync();
        await client.ExpectAsync("exited", "second");
        var events = await LoggedEvents.UntilAsync(server.PathOf("events.jsonl"), e => e.Is("exited", "second"));
        Assert.Equal(["queued", "started", "output", "exited"], events.Types("second"));
        Assert.Equal(["queued", "dequeued"], events.Types("third"));
        Assert.Equal(["started", "exited"], events.Types("first"));
        Assert.Equal("stopped", events.Single(e => e.Type == "dequeued").Text("reason"));
        Assert.All(events.Where(e => e.Type is "queued" or "started"), e => Assert.Equal("", e.Id));
    }

    [Fact]
    public async Task A_forgotten_task_is_in_the_log_whole_and_the_next_one_of_its_id_too()
    {
        await using var server = await RunningServer.StartAsync(place => $"log_file: {place}/events.jsonl\nlimits: {{max_tasks: 2}}\n" + RunningServer.Shell);
        await using var client = await server.ConnectAsync();
        for (var i = 0; i < 30; i++)
        {
            await client.StartShellAsync($"t{i % 5}", $"seq 1 2000; exit {i}");
            await client.ExpectAsync("exited", $"t{i % 5}");
        }

        var events = await LoggedEvents.UntilAsync(server.PathOf("events.jsonl"), e => e.ExitCode == 29);
        Assert.Equal(30 * 2000, events.Count(e => e.Type == "output"));
        Assert.DoesNotContain(events, e => e.Type == "gap");
        foreach (var task in events.GroupBy(e => e.TaskId))
        {
            // Each time it was forgotten before: the numbers begin at 1 again.
            var each = task.Chunk(2002).ToList();
            Assert.Equal(6, each.Count);
            Assert.All(each, run => Assert.Equal(["started", .. Enumerable.Repeat("output", 2000), "exited"], run.Select(e => e.Type)));
            Assert.All(each, run => Assert.Equal(Enumerable.Range(1, 2000).Select(i => (long)i), run.Skip(1).Take(2000).Select(e => e.Seq)));
        }
    }

    [Fact]
    public async Task At_the_end_of_the_server_everything_up_to_the_last_exit_is_there()
    {
        var server = await RunningServer.StartAsync(_ => $"log_file: {Path.GetTempPath()}/overseer-log-{Environment.ProcessId}.jsonl\n" + RunningServer.Shell);
        var log = $"{Path.GetTempPath()}/overseer-log-{Environment.ProcessId}.jsonl";
        try
        {
            await using (var client = await server.ConnectAsync())
            {
                for (var i = 0; i < 10; i++)
                {
                    await client.StartShellAsync($"t{i}", "exec 2> /dev/null; trap 'seq 1 5000; exit 7' TERM; echo ready; while :; do sleep 0.05; done");
                    await client.ExpectAsync("output", $"t{i}");
                }
            }

            await server.DisposeAsync();
            var events = LoggedEvents.Read(log);
            for (var i = 0; i < 10; i++)
            {
                Assert.Equal(["started", .. Enumerable.Repeat("output", 5001), "exited"], events.Types($"t{i}"));
            }
        }
        finally
        {
            File.Delete(log);
        }
    }

    [Fact]
    public async Task What_was_before_the_log_is_not_in_it()
    {
        var place = Directory.CreateTempSubdirectory("overseer-log-").FullName;
        await using var site = new Faults.Site();
        await site.StartAsync();
        var go = new Fifo(site.PathOf("go"));
        await using (var client = await site.ConnectAsync())
        {
            await client.StartShellAsync("ended", "seq 1 100");
            await client.ExpectAsync("exited", "ended");
            await client.StartShellAsync("lives", $"seq 1 100; read _ < {go.Path}; echo on");
            await client.ExpectAsync("line 100", e => e.Is("output", "lives") && e.Seq == 100);
        }

        await site.KillServerAsync();
        site.Configure($"log_file: {place}/events.jsonl");
        await site.StartAsync();
        await go.OpenAsync();
        var events = await LoggedEvents.UntilAsync($"{place}/events.jsonl", e => e.Is("exited", "lives"));
        Assert.Equal(["output 101", "exited 0"], events.Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.Type} {e.Seq}")));
        await using (var client = await site.ConnectAsync())
        {
            await client.StartShellAsync("ended", "echo again");
            await client.ExpectAsync("exited", "ended");
        }

        events = await LoggedEvents.UntilAsync($"{place}/events.jsonl", e => e.Is("exited", "ended"));
        Assert.Equal(["started", "output", "exited"], events.Types("ended"));
        Assert.Equal(101, events.Single(e => e.Is("output", "ended")).Seq);
        Directory.Delete(place, recursive: true);
    }

    [Fact]
    public async Task Secrets_are_masked_as_for_clients()
    {
        await using var server = await RunningServer.StartAsync(place => $$$$"""
            log_file: {{{{place}}}}/events.jsonl
            actions:
              secret:
                type: exec
                config: {entrypoint: /no/such/program, command: ["[[.key]]"], parameters: {key: {secret: true}}}
              sh:
                type: exec
                config: {entrypoint: "true", command: ["[[.key]]"], parameters: {key: {secret: true}}}

            """);
        await using var client = await server.ConnectAsync();
        await client.AskAsync("start", ("action", "secret"), ("task_id", "s"), ("params", new JsonObject { ["key"] = "hunter2" }));
        await client.AskAsync("start", ("action", "sh"), ("task_id", "t"), ("params", new JsonObject { ["key"] = "hunter2" }));
        await client.ExpectAsync("exited", "t");
        await LoggedEvents.UntilAsync(server.PathOf("events.jsonl"), e => e.Is("exited", "t"));
        Assert.DoesNotContain("hunter2", await File.ReadAllTextAsync(server.PathOf("events.jsonl")), StringComparison.Ordinal);
    }
}
