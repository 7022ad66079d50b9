using System.Diagnostics;
using Overseer.Core.Drivers;
using Overseer.Core.Pools;
using Overseer.Core.Tasks;
using Overseer.Core.Tasks.Storage;
using Overseer.Metrics;
using Overseer.Metrics.Prometheus;
using Overseer.Streams;

namespace Overseer.Server.Tests.Metrics;

/// <summary>A page is as long with ten thousand tasks as with none, and takes milliseconds.</summary>
[Collection(nameof(Harness.Alone))]
public sealed class ManyTasksScrapeTests(ITestOutputHelper output)
{
    private const int Tasks = 10_000;

    [Fact]
    public void Ten_thousand_tasks_are_shown_in_milliseconds()
    {
        var clock = TimeProvider.System;
        var engine = new TaskEngine(ActionCatalog.Empty, new EngineOptions { MaxTasks = Tasks }, clock, Guid.NewGuid, static () => 0.5);
        var streams = new StreamRegistry("/nowhere", new StreamOptions());
        using var metrics = new OverseerMetrics(ActionCatalog.Empty, PoolPlan.Unlimited, engine, streams, new GapCounts(), clock);
        using var collector = new MetricsCollector(metrics);
        var lines = Page(collector).Count(c => c == '\n');
        var stored = new StoredState
        {
            Tasks = [.. Enumerable.Range(1, Tasks).Select(number => new TaskRecord { Number = number, TaskId = $"task-{number}", JournalId = Guid.NewGuid(), Action = "a", CreatedAt = clock.GetUtcNow(), Standing = new TaskStanding() })],
            LastNumber = Tasks,
        };
        engine.Restore(stored, []);
        metrics.Restore(stored);
        var listener = new Deaf();
        foreach (var task in stored.Tasks)
        {
            streams.Restore(task.TaskId, task.JournalId, []);
            streams.Join(task.TaskId, listener, fromSeq: null);
        }

        var best = TimeSpan.MaxValue;
        var page = "";
        for (var i = 0; i < 20; i++)
        {
            var began = Stopwatch.GetTimestamp();
            page = Page(collector);
            best = TimeSpan.FromTicks(Math.Min(best.Ticks, Stopwatch.GetElapsedTime(began).Ticks));
        }

        output.WriteLine($"{best.TotalMilliseconds:0.00} ms, {page.Length} bytes");
        var parsed = PrometheusPage.Parse(page);
        Assert.Equal((Tasks, Tasks, 1), (parsed["overseer_tasks{state=\"stopped\"}"], parsed["overseer_stream_cursors"], parsed["overseer_stream_clients"]));
        Assert.Equal(lines, page.Count(c => c == '\n'));
        Assert.InRange(best.TotalMilliseconds, 0, 50);
    }

    private static string Page(MetricsCollector collector) => collector.Collect(families => new MetricsWriter(MetricsFormat.Text).Write(families));

    private sealed class Deaf : IStreamListener
    {
        public void Ready(StreamCursor cursor)
        {
        }
    }
}
