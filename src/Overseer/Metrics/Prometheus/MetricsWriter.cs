using System.Globalization;
using System.Text;

namespace Overseer.Metrics.Prometheus;

/// <summary>Writes what was collected, in one of the two formats.</summary>
internal sealed class MetricsWriter(MetricsFormat format)
{
    private const int UsualBytes = 32 * 1024;
    private readonly StringBuilder _text = new(UsualBytes);

    /// <summary>The page.</summary>
    public string Write(IReadOnlyList<MetricFamily> families)
    {
        foreach (var family in families)
        {
            Write(family);
        }

        if (format.IsOpenMetrics)
        {
            _text.Append("# EOF\n");
        }

        return _text.ToString();
    }

    private static string NameOf(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Histogram => "histogram",
        _ => "gauge",
    };

    private void Write(MetricFamily family)
    {
        var sample = family.Kind == MetricKind.Counter ? family.Name + MetricName.Total : family.Name;
        var name = format.IsOpenMetrics ? family.Name : sample;
        _text.Append("# HELP ").Append(name).Append(' ');
        LabelText.AppendEscaped(_text, family.Help, quotes: format.IsOpenMetrics);
        _text.Append("\n# TYPE ").Append(name).Append(' ').Append(NameOf(family.Kind)).Append('\n');
        if (format.IsOpenMetrics && UnitOf(family.Name) is { } unit)
        {
            _text.Append("# UNIT ").Append(name).Append(' ').Append(unit).Append('\n');
        }

        if (family.Kind == MetricKind.Histogram)
        {
            foreach (var histogram in family.Histograms)
            {
                Write(family.Name, histogram);
            }

            return;
        }

        foreach (var (labels, value) in family.Samples)
        {
            Write(sample, labels, value);
        }
    }

    private void Write(string name, Bucketed histogram)
    {
        var (cumulative, sum) = histogram.Read();
        for (var i = 0; i < cumulative.Length; i++)
        {
            var bound = i < histogram.Bounds.Count ? BoundText(histogram.Bounds[i]) : "+Inf";
            Write(name + "_bucket", $"{histogram.Labels},le=\"{bound}\"", Text(cumulative[i]));
        }

        Write(name + "_sum", histogram.Labels, sum.ToString("R", CultureInfo.InvariantCulture));
        Write(name + "_count", histogram.Labels, Text(cumulative[^1]));
    }

    private void Write(string name, string labels, string value)
    {
        _text.Append(name);
        if (labels.Length > 0)
        {
            _text.Append('{').Append(labels).Append('}');
        }

        _text.Append(' ').Append(value).Append('\n');
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>OpenMetrics wants a point in the number, and both formats are to name the same series.</summary>
    private static string BoundText(double bound) => bound.ToString("0.0##", CultureInfo.InvariantCulture);

    private static string? UnitOf(string name) =>
        name.EndsWith("_seconds", StringComparison.Ordinal) ? "seconds"
        : name.EndsWith("_bytes", StringComparison.Ordinal) ? "bytes"
        : null;
}
