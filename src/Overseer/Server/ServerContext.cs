using Microsoft.Extensions.Logging;
using Overseer.Core.Drivers;
using Overseer.Lifecycle;
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
    ILogger Log);
