using System.Diagnostics.Metrics;

namespace Overseer.Metrics.Prometheus;

/// <summary>
/// Listens to one meter, and to some instruments of the runtime, for as long as it lives: values that are recorded as they happen are added up here, all others are asked for at a collection.
/// From any thread.
/// </summary>
internal sealed class MetricsCollector : IDisposable
{
    private const string RuntimeMeter = "System.Runtime";

    // With their types: the runtime calls the length of its queue a counter too.
    private static readonly Dictionary<string, MetricKind> RuntimeInstruments = new(StringComparer.Ordinal)
    {
        ["dotnet.gc.collections"] = MetricKind.Counter,
        ["dotnet.gc.heap.total_allocated"] = MetricKind.Counter,
        ["dotnet.gc.last_collection.heap.size"] = MetricKind.Gauge,
        ["dotnet.gc.last_collection.memory.committed_size"] = MetricKind.Gauge,
        ["dotnet.gc.pause.time"] = MetricKind.Counter,
        ["dotnet.monitor.lock_contentions"] = MetricKind.Counter,
        ["dotnet.thread_pool.queue.length"] = MetricKind.Gauge,
        ["dotnet.thread_pool.work_item.count"] = MetricKind.Counter,
    };

    private readonly Lock _gate = new();
    private readonly List<MetricFamily> _families = [];
    private readonly MeterListener _listener = new();
    private readonly OverseerMetrics _metrics;

    /// <summary>Begins to listen.</summary>
    public MetricsCollector(OverseerMetrics metrics)
    {
        _metrics = metrics;
        _listener.InstrumentPublished = Published;
        _listener.SetMeasurementEventCallback<int>(static (_, value, labels, family) => ((MetricFamily)family!).Add(value, labels));
        _listener.SetMeasurementEventCallback<long>(static (_, value, labels, family) => ((MetricFamily)family!).Add(value, labels));
        _listener.SetMeasurementEventCallback<double>(static (_, value, labels, family) => ((MetricFamily)family!).Add(value, labels));
        _listener.Start();
    }

    /// <summary>Collects, and gives what <paramref name="write"/> makes of it.</summary>
    public T Collect<T>(Func<IReadOnlyList<MetricFamily>, T> write)
    {
        lock (_gate)
        {
            _metrics.Renew();
            _families.ForEach(family => family.Clear());
            _listener.RecordObservableInstruments();
            return write(_families);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private void Published(Instrument instrument, MeterListener listener)
    {
        var ours = ReferenceEquals(instrument.Meter, _metrics.Meter);
        var kind = MetricFamily.KindOf(instrument);
        if (!ours && !(string.Equals(instrument.Meter.Name, RuntimeMeter, StringComparison.Ordinal) && RuntimeInstruments.TryGetValue(instrument.Name, out kind)))
        {
            return;
        }

        var family = new MetricFamily(instrument, kind);
        lock (_gate)
        {
            // Ours first, in the order in which they were made.
            _families.Insert(ours ? _families.Count(known => ReferenceEquals(known.Instrument.Meter, _metrics.Meter)) : _families.Count, family);
        }

        listener.EnableMeasurementEvents(instrument, family);
    }
}
