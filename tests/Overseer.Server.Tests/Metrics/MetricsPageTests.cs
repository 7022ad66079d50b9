using System.Net;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Metrics;

/// <summary>What <c>GET /metrics</c> says, after known conversations with a real server.</summary>
public sealed class MetricsPageTests
{
    private const string Limited = """
        actions:
          sh:
            type: exec
            config:
              entrypoint: sh
              command: ["-c", "[[.script]]"]
              parameters: {script: }
          one:
            type: exec
            task_pool: {limit: 1, queue: {size: 2, displace: true}}
            config:
              entrypoint: sh
              command: ["-c", "[[.script]]"]
              parameters: {script: }
          loop:
            type: exec
            retry: {restart_delay: 1ms, error_window: 1m, error_threshold: 3}
            config: {entrypoint: sh, command: ["-c", "echo again; exit 4"]}

        """;

    [Fact]
    public async Task An_idle_server_shows_zeros_for_what_it_knows()
    {
        await using var server = await RunningServer.StartAsync(Limited);
        using var scraper = Scraper.Of(server);

        var page = await scraper.ScrapeAsync();

        foreach (var action in (string[])["sh", "one", "loop"])
        {
            foreach (var name in (string[])["task_starts_total", "task_restarts_total", "task_errored_total", "tasks_running", "queue_depth", "queue_entered_total", "output_bytes_total", "output_lines_total"])
            {
                Assert.Equal(0, page[$"overseer_{name}{{action=\"{action}\"}}"]);
            }
        }

        foreach (var state in (string[])["active", "stopped", "errored", "queued"])
        {
            Assert.Equal(0, page[$"overseer_tasks{{state=\"{state}\"}}"]);
        }

        Assert.Equal((1, 0, 0), (page["overseer_recorder_up"], page["overseer_store_problem"], page["overseer_stream_clients"]));
        Assert.Equal(1, page["overseer_pool_limit{action=\"one\"}"]);
        Assert.DoesNotContain(page.Samples.Keys, series => series.StartsWith("overseer_pool_limit", StringComparison.Ordinal) && !series.Contains("one", StringComparison.Ordinal));
        Assert.Contains(page.Samples, sample => sample.Key.StartsWith("overseer_build_info{version=", StringComparison.Ordinal) && sample.Value == 1);
        Assert.DoesNotContain(page.Samples.Keys, series => series.Contains("unknown", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Numbers_are_exact_after_a_conversation()
    {
        await using var server = await RunningServer.StartAsync(Limited);
        using var scraper = Scraper.Of(server);
        await using var client = await server.ConnectAsync();
        await client.StartShellAsync("a", "printf 'a\\nbb\\nccc'; exit 3");
        await client.ExpectAsync("exited", "a");
        await client.StartShellAsync("b", "echo out; echo error >&2; kill -TERM $$; sleep 100");
        await client.ExpectAsync("exited", "b");
        await client.StartShellAsync("b", "exit 3");
        await client.ExpectAsync("exited", "b");
        await client.StartShellAsync("c", "echo ready; exec sleep 1000");
        await client.ExpectAsync("output", "c");

        var page = await scraper.ScrapeAsync();

        Assert.Equal(4, page["overseer_task_starts_total{action=\"sh\"}"]);
        Assert.Equal(2, page["overseer_task_exits_total{action=\"sh\",code=\"3\"}"]);
        Assert.Equal(1, page["overseer_task_exits_total{action=\"sh\",code=\"SIGTERM\"}"]);
        Assert.Equal(2, page.Samples.Keys.Count(series => series.StartsWith("overseer_task_exits_total", StringComparison.Ordinal)));
        Assert.Equal(0, page["overseer_task_restarts_total{action=\"sh\"}"]);
        Assert.Equal(8 + 4 + 6 + 6, page["overseer_output_bytes_total{action=\"sh\"}"]);
        Assert.Equal(3 + 2 + 1, page["overseer_output_lines_total{action=\"sh\"}"]);
        Assert.Equal((1, 2), (page["overseer_tasks{state=\"active\"}"], page["overseer_tasks{state=\"stopped\"}"]));
        Assert.Equal((1, 1, 3), (page["overseer_tasks_running{action=\"sh\"}"], page["overseer_connections"], page["overseer_stream_cursors"]));
        Assert.Equal((1, 0), (page["overseer_stream_clients"], page["overseer_gaps_total{reason=\"disk_full\"}"]));
    }

    [Fact]
    public async Task What_a_client_was_told_is_counted_already()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await using var asker = await server.ConnectAsync();
        for (var i = 1; i <= 30; i++)
        {
            await client.StartShellAsync("t", $"echo {i}; exit 0");
            Assert.Equal(i, (await GlobalAsync(asker)).GetProperty("tasks_started").GetInt64());
            await client.ExpectAsync("exited", "t");
            var after = await GlobalAsync(asker);
            Assert.Equal((i, i), (after.GetProperty("tasks_completed").GetInt64(), after.GetProperty("total_output_lines").GetInt64()));
        }
    }

    [Fact]
    public async Task Queues_are_counted_in_and_out_with_the_time_waited()
    {
        await using var server = await RunningServer.StartAsync(Limited);
        using var scraper = Scraper.Of(server);
        await using var client = await server.ConnectAsync();
        var end = new Fifo(server.PathOf("end"));
        Assert.Equal("started", (await StartAsync(client, "first", $"read _ < {end.Path}")).Type);
        foreach (var id in (string[])["second", "third", "fourth"])
        {
            Assert.Equal("queued", (await StartAsync(client, id, "exit 0")).Type);
        }

        // The queue holds two: the second went for the fourth.
        var waiting = await scraper.ScrapeAsync();
        Assert.Equal(
            (1, 2, 3, 1),
            (waiting["overseer_tasks_running{action=\"one\"}"], waiting["overseer_queue_depth{action=\"one\"}"], waiting["overseer_queue_entered_total{action=\"one\"}"], waiting[Left("displaced")]));
        Assert.Equal(2, waiting["overseer_tasks{state=\"queued\"}"]);

        await client.AskAsync("set_pool", ("action", "one"), ("size", 7), ("queue_size", 5));
        await client.UntilAsync("both waiting ones have exited", both());
        await client.AskAsync("set_pool", ("action", "one"), ("size", 1), ("queue_size", 5));
        Assert.Equal("queued", (await StartAsync(client, "fifth", "exit 0")).Type);
        await client.AskAsync("purge", ("action", "one"));

        var page = await scraper.UntilAsync("the purge", page => page[Left("purged")] == 1);
        Assert.Equal((0, 4, 2, 1), (page["overseer_queue_depth{action=\"one\"}"], page["overseer_queue_entered_total{action=\"one\"}"], page[Left("started")], page[Left("displaced")]));
        Assert.Equal(2, page["overseer_queue_wait_seconds_count{action=\"one\"}"]);
        Assert.InRange(page["overseer_queue_wait_seconds_sum{action=\"one\"}"], 0.000001, 60);
        Assert.Equal(1, page["overseer_pool_limit{action=\"one\"}"]);
        var global = await GlobalAsync(client);
        Assert.Equal((4, 2, 1, 0), (Number(global, "enqueued"), Number(global, "dequeued"), Number(global, "displaced"), Number(global, "expired")));
        await end.OpenAsync();

        static string Left(string reason) => $"overseer_queue_left_total{{action=\"one\",reason=\"{reason}\"}}";

        static Func<WireMessage, bool> both()
        {
            var left = new HashSet<string> { "third", "fourth" };
            return message => message.Type == "exited" && left.Remove(message.TaskId!) && left.Count == 0;
        }
    }

    [Fact]
    public async Task Restarts_and_tasks_given_up_are_counted()
    {
        await using var server = await RunningServer.StartAsync(Limited);
        using var scraper = Scraper.Of(server);
        await using var client = await server.ConnectAsync();
        await client.AskAsync("start", ("action", "loop"), ("task_id", "l"));
        await client.ExpectAsync("errored", "l");

        var page = await scraper.ScrapeAsync();
        var starts = page["overseer_task_starts_total{action=\"loop\"}"];
        Assert.True(starts >= 2, $"{starts} starts");
        Assert.Equal(starts - 1, page["overseer_task_restarts_total{action=\"loop\"}"]);
        Assert.Equal(starts, page["overseer_task_exits_total{action=\"loop\",code=\"4\"}"]);
        Assert.Equal((1, 1), (page["overseer_task_errored_total{action=\"loop\"}"], page["overseer_tasks{state=\"errored\"}"]));
        Assert.Equal((0, 0), (page["overseer_tasks_running{action=\"loop\"}"], page["overseer_queue_left_total{action=\"loop\",reason=\"stopped\"}"]));
        Assert.Equal(starts, page["overseer_output_lines_total{action=\"loop\"}"]);
    }

    [Fact]
    public async Task Concurrent_starts_are_all_counted()
    {
        const int Clients = 4;
        const int Starts = 25;
        await using var server = await RunningServer.StartAsync();
        using var scraper = Scraper.Of(server);

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async n =>
        {
            await using var client = await server.ConnectAsync();
            for (var i = 0; i < Starts; i++)
            {
                await client.StartShellAsync($"t-{n}-{i}", $"echo x; exit {n}");
            }

            var left = Enumerable.Range(0, Starts).Select(i => $"t-{n}-{i}").ToHashSet();
            foreach (var task in await client.ListAsync())
            {
                if (task.Text("state") == "stopped")
                {
                    left.Remove(task.TaskId!);
                }
            }

            if (left.Count > 0)
            {
                await client.ExpectAsync("the last exit", message => message.Type == "exited" && left.Remove(message.TaskId!) && left.Count == 0);
            }
        }));

        var page = await scraper.UntilAsync("all exits", page => page["overseer_tasks{state=\"stopped\"}"] == Clients * Starts);
        Assert.Equal(Clients * Starts, page["overseer_task_starts_total{action=\"sh\"}"]);
        Assert.Equal(2 * Clients * Starts, page["overseer_output_bytes_total{action=\"sh\"}"]);
        for (var n = 0; n < Clients; n++)
        {
            Assert.Equal(Starts, page[$"overseer_task_exits_total{{action=\"sh\",code=\"{n}\"}}"]);
        }
    }

    [Fact]
    public async Task Lag_is_what_a_client_has_not_been_given_and_nothing_once_it_has_all()
    {
        const int Lines = 200_000;
        await using var server = await RunningServer.StartAsync();
        using var scraper = Scraper.Of(server);
        await using var deaf = await server.ConnectAsync();
        await using var other = await server.ConnectAsync();
        await deaf.AskAsync("subscribe", ("task_id", "flood"));
        await other.AskAsync("start", ("action", "sh"), ("task_id", "quiet"), ("params", new System.Text.Json.Nodes.JsonObject { ["script"] = "exec sleep 1000" }));
        await using (var starter = await server.ConnectAsync())
        {
            await starter.StartShellAsync("flood", $"yes {new string('x', 99)} | head -n {Lines}");
        }

        var behind = await scraper.UntilAsync("a client that falls behind", page => page["overseer_stream_lag_bytes"] > 1_000_000);
        Assert.Equal((2, 2), (behind["overseer_stream_clients"], behind["overseer_stream_cursors"]));
        Assert.Equal(behind["overseer_stream_lag_bytes"], behind["overseer_stream_max_lag_bytes"]);

        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        var events = 1;
        while (!(await deaf.ReadBytesAsync(deadline.Token)).Span.StartsWith("{\"type\":\"exited\""u8))
        {
            events++;
        }

        Assert.Equal(Lines + 1, events);
        var even = await scraper.UntilAsync("no lag", page => page["overseer_stream_lag_bytes"] == 0);
        Assert.Equal(0, even["overseer_stream_max_lag_bytes"]);
        Assert.Equal((Lines, 100.0 * Lines), (even["overseer_output_lines_total{action=\"sh\"}"], even["overseer_output_bytes_total{action=\"sh\"}"]));
    }

    [Fact]
    public async Task What_was_deleted_before_somebody_read_it_is_a_gap()
    {
        await using var server = await RunningServer.StartAsync(RunningServer.Shell + "\nlimits: {journal_bytes: 1MiB}\n");
        using var scraper = Scraper.Of(server);
        await using var client = await server.ConnectAsync();
        await using (var starter = await server.ConnectAsync())
        {
            await starter.StartShellAsync("flood", "seq 1 1000000");
        }

        await scraper.UntilAsync("the end of the task", page => page["overseer_tasks{state=\"stopped\"}"] == 1);
        await scraper.UntilAsync("the retention", page => page["overseer_journal_bytes"] is > 0 and < 2 << 20);
        await client.SendAsync("replay", ("task_id", "flood"), ("from_seq", 1), ("limit", 1));
        await client.ExpectAsync("gap", "flood");

        var page = await scraper.ScrapeAsync();

        Assert.Equal((1, 0, 0), (page["overseer_gaps_total{reason=\"rotated\"}"], page["overseer_gaps_total{reason=\"damaged\"}"], page["overseer_gaps_total{reason=\"recorder_lost\"}"]));
    }

    [Fact]
    public async Task The_servers_own_process_is_shown_under_the_usual_names()
    {
        await using var server = await RunningServer.StartAsync();
        using var scraper = Scraper.Of(server);

        var page = await scraper.ScrapeAsync();

        using var own = System.Diagnostics.Process.GetCurrentProcess();
        var started = new DateTimeOffset(own.StartTime.ToUniversalTime()).ToUnixTimeMilliseconds() / 1000.0;
        Assert.InRange(page["process_start_time_seconds"], started - 2, started + 2);
        Assert.InRange(page["process_cpu_seconds_total"], 0.01, own.TotalProcessorTime.TotalSeconds + 1);
        Assert.InRange(page["process_resident_memory_bytes"], 10e6, 4e9);
        Assert.InRange(page["process_open_fds"], 10, page["process_max_fds"]);
        Assert.InRange(page["process_threads"], 4, 500);
        Assert.True(page["process_virtual_memory_bytes"] > page["process_resident_memory_bytes"]);
        Assert.True(page["dotnet_gc_heap_total_allocated_bytes_total"] > 0);
        Assert.True(page["dotnet_thread_pool_work_item_count_total"] > 0);

        // The recorder is a thread of this process here.
        Assert.DoesNotContain(page.Samples.Keys, series => series.StartsWith("overseer_recorder_resident", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("*/*", false)]
    [InlineData("text/plain;version=0.0.4", false)]
    [InlineData("application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", true)]
    [InlineData("application/openmetrics-text", true)]
    [InlineData("text/plain, application/openmetrics-text;q=0.1", false)]
    [InlineData("application/openmetrics-text;q=0", false)]
    [InlineData(";;;", false)]
    public async Task The_format_is_what_the_client_would_rather_have(string? accept, bool open)
    {
        await using var server = await RunningServer.StartAsync();
        using var scraper = Scraper.Of(server);

        using var answer = await scraper.SendAsync(HttpMethod.Get, accept is null ? [] : [("Accept", accept)]);

        Assert.Equal(
            open ? "application/openmetrics-text; version=1.0.0; charset=utf-8" : "text/plain; version=0.0.4; charset=utf-8",
            answer.Content.Headers.NonValidated["Content-Type"].ToString());
        var page = PrometheusPage.Parse(await answer.Content.ReadAsStringAsync(), open);
        Assert.Equal(0, page["overseer_task_starts_total{action=\"sh\"}"]);
        Assert.Contains((open ? "overseer_task_starts" : "overseer_task_starts_total", "counter", "Runs that began, restarts included."), page.Families);
    }

    [Fact]
    public async Task Whoever_may_not_come_in_gets_no_numbers_and_only_reading_is_allowed()
    {
        await using var server = await RunningServer.StartAsync();
        using var scraper = Scraper.Of(server);

        using var refused = await scraper.SendAsync(HttpMethod.Get, ("Origin", "https://evil.example"));
        using var posted = await scraper.SendAsync(HttpMethod.Post);
        using var head = await scraper.SendAsync(HttpMethod.Head);

        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), (refused.StatusCode, await refused.Content.ReadAsStringAsync()));
        Assert.Equal((HttpStatusCode.MethodNotAllowed, ""), (posted.StatusCode, await posted.Content.ReadAsStringAsync()));
        Assert.Equal((HttpStatusCode.OK, ""), (head.StatusCode, await head.Content.ReadAsStringAsync()));
        Assert.True(head.Content.Headers.ContentLength > 1000);
    }

    private static Task<WireMessage> StartAsync(WireClient client, string id, string script) =>
        client.AskAsync("start", ("action", "one"), ("task_id", id), ("params", new System.Text.Json.Nodes.JsonObject { ["script"] = script }));

    private static async Task<System.Text.Json.JsonElement> GlobalAsync(WireClient client) => (await client.AskAsync("metrics")).Json.GetProperty("global");

    private static long Number(System.Text.Json.JsonElement metrics, string field) => metrics.GetProperty(field).GetInt64();
}
