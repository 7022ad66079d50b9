using System.Diagnostics.Metrics;

namespace Overseer.Metrics;

/// <summary>What is shown of the hub.</summary>
internal static class HubInstruments
{
    /// <summary>Makes them.</summary>
    public static void Create(Meter meter, HubCounts counts, Recent<HubReading> hub)
    {
        meter.CreateObservableGauge("overseer.hub.connections", () => ObservableSource.PerLabel("role", hub.Value.Connections), "{connection}", "Open connections of the hub, by role.");
        meter.CreateObservableGauge("overseer.hub.sessions", () => (long)hub.Value.Sessions, "{session}", "Open sessions.");
        meter.CreateObservableCounter("overseer.hub.messages", () => ObservableSource.PerLabel("type", counts.Messages), "{message}", "Messages that the hub got, taken or not, by type.");
        meter.CreateObservableCounter("overseer.hub.errors", () => ObservableSource.PerLabel("code", counts.Errors), "{error}", "Errors that the hub said, by code.");
    }
}
