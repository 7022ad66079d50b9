using Microsoft.Extensions.Logging;
using Overseer.Core.Drivers;
using Overseer.Input;
using Overseer.Lifecycle;
using Overseer.Metrics;
using Overseer.Registry;
using Overseer.Server.Trust;
using Overseer.Streams;
using Overseer.Supervision;

namespace Overseer.Server;

/// <summary>What connections share.</summary>
internal sealed record ServerContext(
    Supervisor Supervisor,
    ActionCatalog Actions,
    StreamRegistry Streams,
    RequesterDirectory Requesters,
    LifecycleFeed Lifecycle,
    ServerLimits Limits,
    TimeProvider Clock,
    ILogger Log)
{
    /// <summary>The descriptions of the protocol and of <see cref="Actions"/>.</summary>
    public ProtocolDocuments Documents { get; } = new(Actions);

    /// <summary>Who may ask for what.</summary>
    public RequestGate Permission { get; } = new();

    /// <summary>What clients do to the registry.</summary>
    public required RegistryRequests Registry { get; init; }

    /// <summary>What is counted.</summary>
    public required OverseerMetrics Metrics { get; init; }

    /// <summary>Takes what clients write to tasks.</summary>
    public required InputDesk Input { get; init; }
}
