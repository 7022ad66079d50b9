using Overseer.Configuration;

namespace Overseer.Hosting.Reloading;

/// <summary>A part of the server that can go by another configuration while it runs. <see cref="Problem"/> is asked of one part after the other, up to the first that has one, before <see cref="Use"/> is called on any.</summary>
internal sealed record LivePart
{
    /// <summary>Takes the configuration; must not fail.</summary>
    public required Action<OverseerConfiguration> Use { get; init; }

    /// <summary>Why the part could not go by a configuration; null when it could.</summary>
    public Func<OverseerConfiguration, string?> Problem { get; init; } = static _ => null;
}
