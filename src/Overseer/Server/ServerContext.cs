using Microsoft.Extensions.Logging;
using Overseer.Core.Drivers;
using Overseer.Input;
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
    /// <summary>Takes what clients write to tasks.</summary>
    public required InputDesk Input { get; init; }
}
