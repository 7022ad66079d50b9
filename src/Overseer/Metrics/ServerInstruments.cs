using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;

namespace Overseer.Metrics;

/// <summary>What is shown of the server's parts.</summary>
internal static class ServerInstruments
{
    /// <summary>Makes them.</summary>
    public static void Create(Meter meter, Recent<ServerReading> server)
    {
        meter.CreateObservableGauge("overseer.build_info", BuildInfo, unit: null, "Always 1; the labels say what runs.");
        meter.CreateObservableGauge("overseer.connections", () => (long)server.Value.Connections, "{connection}", "Open connections of clients.");
        meter.CreateObservableGauge("overseer.recorder.up", () => server.Value.RecorderUp ? 1L : 0, unit: null, "1 when the recorder answers, else 0.");
        meter.CreateObservableGauge("overseer.store.problem", () => server.Value.StoreFails ? 1L : 0, unit: null, "1 while the latest changes of tasks cannot be stored, else 0.");
        meter.CreateObservableGauge("overseer.journal", () => server.Value.JournalBytes, "By", "Bytes of all journals on the disk.");
    }

    private static Measurement<long> BuildInfo() => new(
        1,
        new KeyValuePair<string, object?>("version", OverseerMetrics.Version),
        new KeyValuePair<string, object?>("runtime", Environment.Version.ToString()),
        new KeyValuePair<string, object?>("architecture", RuntimeInformation.ProcessArchitecture.ToString()));
}
