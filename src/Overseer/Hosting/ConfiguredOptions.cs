using Overseer.Configuration;
using Overseer.Core.Tasks;
using Overseer.Protocols.Classic;
using Overseer.Recorder.Journal;
using Overseer.Server;

namespace Overseer.Hosting;

/// <summary>What the parts of a server get of its configuration.</summary>
internal static class ConfiguredOptions
{
    public static EngineOptions ForEngine(this OverseerConfiguration configuration, Guid bootId) => new()
    {
        BootId = bootId,
        MaxTasks = configuration.Limits.MaxTasks,
        MaxAdopted = configuration.Limits.MaxAdopted,
        AdoptedGrace = configuration.Stop.Bounded().Grace,
        MaxTaskBytes = configuration.Limits.MaxTaskBytes,
        MaxParameters = configuration.Limits.MaxParameters,
        MaxArguments = configuration.Limits.MaxArguments,
        MaxArgumentBytes = configuration.Limits.MaxArgumentBytes,
        MaxLabels = configuration.Limits.MaxLabels,
        Retry = configuration.Retry,
        Pools = configuration.Pools,
    };

    public static JournalOptions ForJournals(this OverseerConfiguration configuration) => new()
    {
        MaxLineBytes = configuration.Limits.MaxLineBytes,
        SegmentBytes = configuration.Limits.UsedSegmentBytes,
        BlockWhenFull = configuration.OnFull == FullDiskMode.Block,
    };

    public static ProtocolProfile ToProfile(this WireProtocol protocol) => protocol switch
    {
        WireProtocol.V0 => ProtocolProfile.V0,
        WireProtocol.V1 => ProtocolProfile.V1,
        _ => ProtocolProfile.V2,
    };

    public static ServerLimits ForConnections(this OverseerConfiguration configuration) => new()
    {
        MaxMessageBytes = configuration.Limits.MaxMessageBytes,
        MaxSubscriptions = configuration.Limits.MaxSubscriptions,
        MaxConnections = configuration.Limits.MaxConnections,
        MaxConnectionsPerAddress = configuration.Limits.MaxConnectionsPerAddress,
        MaxHttpRequests = configuration.Limits.MaxHttpRequests,
        MaxRequestHeadBytes = configuration.Limits.MaxRequestHeadBytes,
        MaxRequestsPerSecond = configuration.Limits.MaxRequestsPerSecond,
        HandshakeTimeout = configuration.Limits.HandshakeTimeout,
        StallTimeout = configuration.Limits.StallTimeout,
        MaxPendingStarts = configuration.Limits.MaxPendingStarts,
        MaxQueuedBytes = configuration.Limits.MaxQueuedBytes,
        PingInterval = configuration.PingInterval,
    };
}
