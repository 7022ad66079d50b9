using Overseer.Configuration;

namespace Overseer.Server.Trust;

/// <summary>The hub as a configuration has it: who may come in, and its intervals and bounds. Immutable.</summary>
/// <param name="Options">The configuration.</param>
/// <param name="Token">The hub's own token: with it everything may be done there; null when there is none.</param>
internal sealed record HubRules(HubOptions Options, AccessToken? Token)
{
    /// <summary>The rules of a configuration; null where the hub is not served.</summary>
    public static HubRules? Of(HubOptions? options) => options is null
        ? null
        : new HubRules(options, options.Token is { } token ? new AccessToken("hub", TokenHash.Of(token.Reveal()), Grant.Everything) : null);
}
