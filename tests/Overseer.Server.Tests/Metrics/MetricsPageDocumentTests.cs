using System.Runtime.CompilerServices;
using Overseer.Core.Drivers;
using Overseer.Core.Pools;
using Overseer.Core.Tasks;
using Overseer.Metrics;
using Overseer.Metrics.Prometheus;
using Overseer.Streams;

namespace Overseer.Server.Tests.Metrics;

/// <summary>docs/metrics.md must not drift from what the meter has.</summary>
public sealed class MetricsPageDocumentTests
{
    [Fact]
    public void The_table_has_every_metric_as_it_is()
    {
        var engine = new TaskEngine(ActionCatalog.Empty, new EngineOptions(), TimeProvider.System, Guid.NewGuid, static () => 0.5);
        using var metrics = new OverseerMetrics(ActionCatalog.Empty, PoolPlan.Unlimited, engine, new StreamRegistry("/nowhere", new StreamOptions()), new GapCounts(), TimeProvider.System);
        using var collector = new MetricsCollector(metrics);
        var rows = collector.Collect(families => families.Select(Row).ToList());

        var table = Document().Split('\n').SkipWhile(line => !line.StartsWith("| Prometheus ", StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|'));

        Assert.Equal(rows, table.Select(WithoutLabels));
    }

    private static string Row(MetricFamily family)
    {
        var name = family.Kind == MetricKind.Counter ? family.Name + MetricName.Total : family.Name;
        return $"| `{name}` | {family.Kind.ToString().ToLowerInvariant()} | | `{family.Instrument.Name}` | {family.Help.TrimEnd('.')} |";
    }

    private static string WithoutLabels(string row)
    {
        var cells = row.Split('|');
        cells[3] = " ";
        return string.Join('|', cells);
    }

    private static string Document([CallerFilePath] string here = "") => File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "../../../docs/metrics.md"));
}
