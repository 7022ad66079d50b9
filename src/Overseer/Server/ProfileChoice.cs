using Overseer.Protocols.Classic;

namespace Overseer.Server;

/// <summary>Which profile a connection gets, by what its request says: the subprotocol before the query before the setting (PROTOCOLS.md, "v1 and v0").</summary>
/// <param name="Profile">The profile.</param>
/// <param name="Subprotocol">The subprotocol to answer with; null when none of ours was asked for.</param>
/// <param name="Problem">Why the request is refused; null when it is not.</param>
internal sealed record ProfileChoice(ProtocolProfile Profile, string? Subprotocol = null, string? Problem = null)
{
    /// <summary>Chooses.</summary>
    /// <param name="subprotocols">The subprotocols that the client offers; those that are not ours mean nothing here.</param>
    /// <param name="query">The values of <c>protocol</c> in the query.</param>
    /// <param name="setting">What holds for those who do not choose.</param>
    public static ProfileChoice Of(IEnumerable<string> subprotocols, IReadOnlyList<string?> query, ProtocolProfile setting)
    {
        foreach (var offered in subprotocols)
        {
            if (ProtocolProfile.FindBySubprotocol(offered) is { } wanted)
            {
                return new ProfileChoice(wanted, wanted.Subprotocol);
            }
        }

        if (query.Count == 0 || (query.Count == 1 && string.IsNullOrEmpty(query[0])))
        {
            return new ProfileChoice(setting);
        }

        return query is [{ } name] && ProtocolProfile.Find(name) is { } named
            ? new ProfileChoice(named)
            : new ProfileChoice(setting, Problem: $"protocol: must be one of {string.Join(", ", ProtocolProfile.All)}");
    }
}
