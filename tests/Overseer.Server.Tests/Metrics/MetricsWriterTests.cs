using System.Diagnostics.Metrics;
using Overseer.Metrics.Prometheus;

namespace Overseer.Server.Tests.Metrics;

/// <summary>How numbers, names and texts are written.</summary>
public sealed class MetricsWriterTests : IDisposable
{
    private readonly Meter _meter = new("Overseer.Tests");

    public void Dispose() => _meter.Dispose();

    [Theory]
    [InlineData("overseer.task.starts", null, "overseer_task_starts")]
    [InlineData("overseer.output.bytes", "By", "overseer_output_bytes")]
    [InlineData("overseer.queue.wait", "s", "overseer_queue_wait_seconds")]
    [InlineData("overseer.tasks", "{task}", "overseer_tasks")]
    [InlineData("a-b.c d", null, "a_b_c_d")]
    public void Names_follow_the_rules(string instrument, string? unit, string name) => Assert.Equal(name, MetricName.Family(instrument, unit));

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a\"b", "a\\\"b")]
    [InlineData(@"a\b", @"a\\b")]
    [InlineData("a\nb", @"a\nb")]
    [InlineData("ü 😀 {},=", "ü 😀 {},=")]
    public void Values_of_labels_are_escaped(string value, string written)
    {
        var family = new MetricFamily(_meter.CreateObservableGauge("g", () => 1, unit: null, "A \"gauge\"\nwith \\."), MetricKind.Gauge);
        family.Add(1L, [new("action", value)]);

        var text = new MetricsWriter(MetricsFormat.Text).Write([family]);
        var open = new MetricsWriter(MetricsFormat.OpenMetrics).Write([family]);

        Assert.Equal($"# HELP g A \"gauge\"\\nwith \\\\.\n# TYPE g gauge\ng{{action=\"{written}\"}} 1\n", text);
        Assert.Equal($"# HELP g A \\\"gauge\\\"\\nwith \\\\.\n# TYPE g gauge\ng{{action=\"{written}\"}} 1\n# EOF\n", open);
        Assert.Equal(value, PrometheusPage.Labels(PrometheusPage.Parse(text).Samples.Keys.Single())["action"]);
        Assert.Equal("A \"gauge\"\nwith \\.", PrometheusPage.Parse(open, open: true).Families.Single().Help);
    }

    [Fact]
    public void A_histogram_has_all_its_buckets_and_values_on_a_bound_belong_below_it()
    {
        var histogram = _meter.CreateHistogram("wait", "s", "Time.", tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1, 60] });
        var family = new MetricFamily(histogram, MetricFamily.KindOf(histogram));
        foreach (var value in (double[])[0.25, 0.5, 1, 1.5, 100])
        {
            family.Add(value, [new("action", "x\"y")]);
        }

        Assert.Equal(
            """
            # HELP wait_seconds Time.
            # TYPE wait_seconds histogram
            # UNIT wait_seconds seconds
            wait_seconds_bucket{action="x\"y",le="0.5"} 2
            wait_seconds_bucket{action="x\"y",le="1.0"} 3
            wait_seconds_bucket{action="x\"y",le="60.0"} 4
            wait_seconds_bucket{action="x\"y",le="+Inf"} 5
            wait_seconds_sum{action="x\"y"} 103.25
            wait_seconds_count{action="x\"y"} 5
            # EOF

            """,
            new MetricsWriter(MetricsFormat.OpenMetrics).Write([family]));
    }

    [Fact]
    public void Counters_are_named_as_each_format_wants()
    {
        var family = new MetricFamily(_meter.CreateObservableCounter("cpu", () => 1.0, "s", "Time."), MetricKind.Counter);
        family.Add(1.5, []);
        Assert.Equal("# HELP cpu_seconds_total Time.\n# TYPE cpu_seconds_total counter\ncpu_seconds_total 1.5\n", new MetricsWriter(MetricsFormat.Text).Write([family]));
        Assert.Equal(
            "# HELP cpu_seconds Time.\n# TYPE cpu_seconds counter\n# UNIT cpu_seconds seconds\ncpu_seconds_total 1.5\n# EOF\n",
            new MetricsWriter(MetricsFormat.OpenMetrics).Write([family]));
    }
}
