using Overseer.Configuration;

namespace Overseer.Server.Trust;

/// <summary>Everything that decides who may come in and that a reload can replace. Immutable; safe from all threads.</summary>
internal sealed record AccessRules
{
    /// <summary>By address.</summary>
    public required PeerFilter Peers { get; init; }

    /// <summary>Web pages.</summary>
    public required OriginPolicy Origins { get; init; }

    /// <summary>The rules of a configuration.</summary>
    public static AccessRules Of(OverseerConfiguration configuration) => new()
    {
        Peers = PeerFilter.Create(configuration.TrustedCidrs),
        Origins = new OriginPolicy(configuration.AllowedOrigins, configuration.AllowedHosts),
    };
}
