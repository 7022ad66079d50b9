using Overseer.Configuration;

namespace Overseer.Hosting.Reloading;

/// <summary>A setting of the server, as a reload sees it.</summary>
/// <param name="Key">Its key.</param>
/// <param name="IsLive">Whether it holds from the reload on; else from the next start of the server on.</param>
/// <param name="Value">Its value as text, to be compared and shown.</param>
/// <param name="IsShown">False: only that it has changed is told, as it is long or secret.</param>
internal sealed record Setting(string Key, bool IsLive, Func<OverseerConfiguration, string> Value, bool IsShown = true)
{
    /// <summary>The settings that it is a part of are there; it says nothing where they come or go.</summary>
    public Func<OverseerConfiguration, bool> IsThere { get; init; } = static _ => true;

    /// <summary>What is told of a change; null when there is none.</summary>
    public string? Difference(OverseerConfiguration before, OverseerConfiguration after)
    {
        if (!IsThere(before) || !IsThere(after))
        {
            return null;
        }

        var (was, now) = (Value(before), Value(after));
        return was == now ? null : IsShown ? $"{Key} changed: {was} -> {now}" : $"{Key} changed";
    }
}
