using Overseer.Server.Tests.Faults;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Metrics;

/// <summary>What is shown of a recorder that is a process of its own, and of what it could not record.</summary>
public sealed class RecorderMetricsTests
{
    [Fact]
    public async Task The_recorder_is_shown_and_output_goes_on_counting_when_the_next_one_takes_over()
    {
        await using var site = new Site();
        using var scraper = new Scraper($"http://127.0.0.1:{await StartAsync(site)}/metrics");
        await using var client = await site.ConnectAsync();
        var next = new Fifo(site.PathOf("next"));
        await client.StartShellAsync("t", $"echo one; read _ < {next.Path}; echo three; exec sleep 1000");
        await client.ExpectAsync("output", "t");

        var before = await scraper.ScrapeAsync();
        Assert.Equal((1, 1, 4), (before["overseer_recorder_up"], before["overseer_output_lines_total{action=\"sh\"}"], before["overseer_output_bytes_total{action=\"sh\"}"]));
        Assert.InRange(before["overseer_recorder_resident_memory_bytes"], 5e6, 500e6);
        Assert.InRange(before["overseer_recorder_threads"], 1, 50);
        Assert.InRange(before["overseer_recorder_open_fds"], 5, before["overseer_recorder_max_fds"]);
        Assert.True(before["overseer_recorder_start_time_seconds"] >= before["process_start_time_seconds"]);

        var former = site.RecorderPid;
        site.KillRecorder();
        await site.NextRecorderAsync(former);
        await next.OpenAsync();
        await client.ExpectAsync("output", "t");
        var after = await scraper.ScrapeAsync();

        Assert.Equal((1, 2, 10), (after["overseer_recorder_up"], after["overseer_output_lines_total{action=\"sh\"}"], after["overseer_output_bytes_total{action=\"sh\"}"]));
        Assert.True(after["overseer_recorder_start_time_seconds"] > before["overseer_recorder_start_time_seconds"]);
    }

    [Fact]
    public async Task What_finds_no_room_is_counted_by_bytes_and_gaps()
    {
        await using var site = new Site();
        var disk = site.Mount(Disk.Small(site.State, megabytes: 16));
        using var scraper = new Scraper($"http://127.0.0.1:{await StartAsync(site)}/metrics");
        await using var client = await site.ConnectAsync();
        await client.StartShellAsync("t", $"echo ready; i=0; while [ ! -e {site.PathOf("enough")} ]; do i=$((i+1)); echo $i > {site.PathOf("at.new")}; mv {site.PathOf("at.new")} {site.PathOf("at")}; printf '%0500d\\n' 0; sleep 0.002; done; exit 0");
        await client.ExpectAsync("output", "t");

        disk.Fill();
        await client.SendAsync("start", ("action", "sh"), ("task_id", "refused"), ("params", new System.Text.Json.Nodes.JsonObject { ["script"] = "exit 0" }));
        await scraper.UntilAsync("a store that fails", page => page["overseer_store_problem"] == 1);
        var full = int.Parse(await site.FileAsync("at"), System.Globalization.CultureInfo.InvariantCulture);
        while (int.Parse(await site.FileAsync("at"), System.Globalization.CultureInfo.InvariantCulture) < full + 500)
        {
            await scraper.ScrapeAsync();
        }

        disk.Empty();
        var page = await scraper.UntilAsync("the gap", page => page["overseer_gaps_total{reason=\"disk_full\"}"] > 0 && page["overseer_store_problem"] == 0);

        Assert.True(page["overseer_dropped_bytes_total"] > 500, $"{page["overseer_dropped_bytes_total"]} bytes");
        await File.WriteAllTextAsync(site.PathOf("enough"), "");
        await client.ExpectAsync("exited", "t");
    }

    private static async Task<int> StartAsync(Site site)
    {
        var server = site.Begin();
        return await server.ReadyAsync();
    }
}
