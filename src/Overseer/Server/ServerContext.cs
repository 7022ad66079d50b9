using Microsoft.Extensions.Logging;
using Overseer.Core.Drivers;
using Overseer.Hosting.Reloading;
using Overseer.Hub;
using Overseer.Input;
using Overseer.Lifecycle;
using Overseer.Metrics;
using Overseer.Protocols.Classic;
using Overseer.Registry;
using Overseer.Server.Audit;
using Overseer.Server.Trust;
using Overseer.Signals;
using Overseer.Streams;
using Overseer.Supervision;

namespace Overseer.Server;

/// <summary>What connections share.</summary>
internal sealed record ServerContext(
    Supervisor Supervisor,
    StreamRegistry Streams,
    RequesterDirectory Requesters,
    LifecycleFeed Lifecycle,
    ServerLimits Limits,
    TimeProvider Clock,
    ILogger Log)
{
    private ServerLimits _limits = Limits;
    private ProtocolDocuments? _documents;
    private readonly long _started = Clock.GetTimestamp();

    /// <summary>For how long the server runs.</summary>
    public TimeSpan Uptime => Clock.GetElapsedTime(_started);

    /// <summary>What can be started now.</summary>
    public ActionCatalog Actions => Supervisor.Engine.Actions;

    /// <summary>The bounds of connections that come now.</summary>
    public ServerLimits Limits { get => Volatile.Read(ref _limits); set => Volatile.Write(ref _limits, value); }

    /// <summary>The descriptions of the protocol and of <see cref="Actions"/>.</summary>
    public ProtocolDocuments Documents
    {
        get
        {
            var (actions, known) = (Actions, Volatile.Read(ref _documents));
            if (known?.Actions != actions)
            {
                Volatile.Write(ref _documents, known = new ProtocolDocuments(actions));
            }

            return known;
        }
    }

    /// <summary>Reads the configuration again.</summary>
    public required Func<string, Task<ReloadResult>> ReloadAsync { get; init; }

    /// <summary>Who may come in.</summary>
    public required AccessControl Access { get; init; }

    /// <summary>Who did what.</summary>
    public required AuditLog Audit { get; init; }

    /// <summary>The descriptions for somebody: those of the actions that are there for him.</summary>
    public ProtocolDocuments DocumentsFor(Grant grant) => Documents.For(grant);

    /// <summary>Which commands may run that no action describes, and for whom; replaced by a reload.</summary>
    public required CommandPolicy Commands { get; set; }

    /// <summary>What connections speak that do not choose; replaced by a reload.</summary>
    public required ProtocolProfile Protocol { get; set; }

    /// <summary>What clients do to the registry.</summary>
    public required RegistryRequests Registry { get; init; }

    /// <summary>What is counted.</summary>
    public required OverseerMetrics Metrics { get; init; }

    /// <summary>The containers that report to the hub.</summary>
    public required SessionDirectory Sessions { get; init; }

    /// <summary>The longest line of a journal, in bytes.</summary>
    public required int MaxLineBytes { get; init; }

    /// <summary>Sends signals to tasks.</summary>
    public required SignalDesk Signals { get; init; }

    /// <summary>Tasks as they are listed.</summary>
    public TaskInfos TaskInfos { get; } = new(() => Supervisor.Engine.Count);

    /// <summary>What containers have reported, for those who ask.</summary>
    public required ISessionList SessionList { get; init; }

    /// <summary>Takes what clients write to tasks.</summary>
    public required InputDesk Input { get; init; }
}
