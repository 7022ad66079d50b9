using System.Diagnostics.Metrics;

namespace Overseer.Metrics;

/// <summary>What is shown of a process, under the names that every client library of Prometheus uses.</summary>
internal static class ProcessInstruments
{
    /// <summary>Makes them.</summary>
    /// <param name="meter">Where.</param>
    /// <param name="prefix">What the names begin with.</param>
    /// <param name="whose">Whose process it is, for people.</param>
    /// <param name="reading">Says how it stands; nothing is shown while that is not known.</param>
    public static void Create(Meter meter, string prefix, string whose, Func<ProcessReading?> reading)
    {
        meter.CreateObservableCounter($"{prefix}.cpu", () => ObservableSource.Known(reading()?.CpuSeconds), "s", $"User and system time {whose} has used.");
        meter.CreateObservableGauge($"{prefix}.resident_memory", () => ObservableSource.Known(reading()?.ResidentBytes), "By", $"Resident memory of {whose}.");
        meter.CreateObservableGauge($"{prefix}.virtual_memory", () => ObservableSource.Known(reading()?.VirtualBytes), "By", $"Address space of {whose}.");
        meter.CreateObservableGauge($"{prefix}.threads", () => ObservableSource.Known(reading()?.Threads), "{thread}", $"Threads of {whose}.");
        meter.CreateObservableGauge($"{prefix}.open_fds", () => ObservableSource.Known(reading()?.OpenDescriptors), "{file}", $"Open file descriptors of {whose}.");
        meter.CreateObservableGauge($"{prefix}.max_fds", () => ObservableSource.Known(reading()?.MaxDescriptors), "{file}", $"File descriptors that {whose} may have.");
        meter.CreateObservableGauge($"{prefix}.start_time", () => ObservableSource.Known(reading()?.StartTimeSeconds), "s", $"When {whose} was started, in seconds since 1970.");
    }
}
