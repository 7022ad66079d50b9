using System.Diagnostics.Metrics;
using Overseer.Streams;

namespace Overseer.Metrics;

/// <summary>What is shown of output and of those who read it.</summary>
internal static class StreamInstruments
{
    /// <summary>Makes them.</summary>
    public static void Create(Meter meter, CountsByAction counts, GapCounts gaps, Recent<StreamLoad> load)
    {
        meter.CreateObservableCounter("overseer.output.bytes", ObservableSource.PerAction(counts, action => action.OutputBytes), "By", "Bytes of output that were recorded.");
        meter.CreateObservableCounter("overseer.output.lines", ObservableSource.PerAction(counts, action => action.OutputLines), "{line}", "Lines of output that were recorded.");
        meter.CreateObservableCounter("overseer.gaps", () => ObservableSource.PerLabel("reason", gaps.ByReason), "{gap}", "Gaps in the record, by reason.");
        meter.CreateObservableCounter("overseer.dropped", () => gaps.DroppedBytes, "By", "Bytes of output that were dropped because there was no room.");
        meter.CreateObservableGauge("overseer.stream.clients", () => (long)load.Value.Listeners, "{client}", "Connections that listen to at least one task.");
        meter.CreateObservableGauge("overseer.stream.cursors", () => (long)load.Value.Cursors, "{cursor}", "Tasks that connections listen to, counted for each connection.");
        meter.CreateObservableGauge("overseer.stream.lag", () => load.Value.LagBytes, "By", "Recorded bytes that clients have not been given yet, all together.");
        meter.CreateObservableGauge("overseer.stream.max_lag", () => load.Value.MaxLagBytes, "By", "Recorded bytes that the client has not been given yet that is furthest behind.");
    }
}
