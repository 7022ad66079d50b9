using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace Overseer.Metrics.Prometheus;

/// <summary>What Prometheus sees of one instrument.</summary>
internal sealed class MetricFamily
{
    private readonly List<Sample> _samples = [];
    private readonly ConcurrentDictionary<string, Bucketed> _histograms = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<double> _bounds = [];

    /// <summary>Makes the family of an instrument.</summary>
    public MetricFamily(Instrument instrument, MetricKind kind)
    {
        Instrument = instrument;
        Name = MetricName.Family(instrument.Name, instrument.Unit);
        Help = instrument.Description ?? "";
        Kind = kind;
        if (instrument is Histogram<double> histogram)
        {
            _bounds = histogram.Advice?.HistogramBucketBoundaries ?? throw new ArgumentException($"{instrument.Name} does not say its buckets", nameof(instrument));
        }
    }

    /// <summary>The type of an instrument.</summary>
    public static MetricKind KindOf(Instrument instrument)
    {
        var type = instrument.GetType().GetGenericTypeDefinition();
        return type == typeof(Histogram<>) ? MetricKind.Histogram
            : type == typeof(ObservableCounter<>) ? MetricKind.Counter
            : MetricKind.Gauge;
    }

    /// <summary>The instrument.</summary>
    public Instrument Instrument { get; }

    /// <summary>The family's name.</summary>
    public string Name { get; }

    /// <summary>What it shows, for people.</summary>
    public string Help { get; }

    /// <summary>Its type.</summary>
    public MetricKind Kind { get; }

    /// <summary>What the latest collection brought.</summary>
    public IReadOnlyList<Sample> Samples => _samples;

    /// <summary>The histograms, one for each value of the label.</summary>
    public IEnumerable<Bucketed> Histograms => _histograms.Values.OrderBy(bucketed => bucketed.Labels, StringComparer.Ordinal);

    /// <summary>A collection begins.</summary>
    public void Clear() => _samples.Clear();

    /// <summary>A whole number came.</summary>
    public void Add(long value, ReadOnlySpan<KeyValuePair<string, object?>> labels) => Add(value.ToString(CultureInfo.InvariantCulture), labels);

    /// <summary>A number came.</summary>
    public void Add(double value, ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        if (Kind != MetricKind.Histogram)
        {
            Add(value.ToString("R", CultureInfo.InvariantCulture), labels);
            return;
        }

        // A histogram has one label: found by its value, nothing is allocated for each number.
        var key = labels[0].Value as string ?? "";
        if (!_histograms.TryGetValue(key, out var bucketed))
        {
            bucketed = _histograms.GetOrAdd(key, new Bucketed(LabelText.Of(labels), _bounds));
        }

        bucketed.Add(value);
    }

    private void Add(string value, ReadOnlySpan<KeyValuePair<string, object?>> labels) => _samples.Add(new Sample(LabelText.Of(labels), value));
}
