using Microsoft.Extensions.Logging;
using Overseer.Core.Drivers;
using Overseer.Metrics;
using Overseer.Streams;
using Overseer.Supervision;

namespace Overseer.Server;

/// <summary>What connections share.</summary>
internal sealed record ServerContext(
    Supervisor Supervisor,
    ActionCatalog Actions,
    StreamRegistry Streams,
    RequesterDirectory Requesters,
    ServerLimits Limits,
    TimeProvider Clock,
    ILogger Log)
{
    /// <summary>What is counted.</summary>
    public required OverseerMetrics Metrics { get; init; }
}
