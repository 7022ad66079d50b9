using Overseer.Hub;

namespace Overseer.Metrics;

/// <summary>How it stands with the hub.</summary>
/// <param name="Sessions">How many sessions are open.</param>
/// <param name="Roles">What each of its connections is there for.</param>
internal sealed record HubReading(int Sessions, IReadOnlyList<HubRole> Roles)
{
    private static readonly HubRole[] All = Enum.GetValues<HubRole>();

    /// <summary>How many connections there are of each role.</summary>
    public IEnumerable<KeyValuePair<string, long>> Connections =>
        All.Select(role => KeyValuePair.Create(role.ToString().ToLowerInvariant(), (long)Roles.Count(one => one == role)));
}
