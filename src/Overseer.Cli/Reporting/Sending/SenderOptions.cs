using Overseer.Client;

namespace Overseer.Cli.Reporting.Sending;

/// <summary>Where a report goes, and the times that hold.</summary>
internal sealed record SenderOptions
{
    /// <summary>The hub.</summary>
    internal required OverseerEndpoint Hub { get; init; }

    /// <summary>Token, authorities, time for connecting, pauses, clock.</summary>
    internal required OverseerClientOptions Client { get; init; }

    /// <summary>The longest time between two signs of life.</summary>
    internal TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an answer to one may take before the connection counts as dead.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The shortest time between two questions how far the hub is, unless much is on its way.</summary>
    internal TimeSpan AskEvery { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>After how long without progress what the hub has not taken is sent again.</summary>
    internal TimeSpan Repeat { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How much may be on its way, in bytes.</summary>
    internal int Window { get; init; } = 1 << 20;

    /// <summary>Where masks and pauses come from.</summary>
    internal required Random Random { get; init; }
}
