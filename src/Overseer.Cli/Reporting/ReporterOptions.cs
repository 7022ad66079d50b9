using Overseer.Client;

namespace Overseer.Cli.Reporting;

/// <summary>What to run and whom to tell.</summary>
internal sealed record ReporterOptions
{
    /// <summary>The hub.</summary>
    internal required OverseerEndpoint Hub { get; init; }

    /// <summary>Token, authorities, pauses, clock.</summary>
    internal required OverseerClientOptions Client { get; init; }

    /// <summary>What the hub calls this container.</summary>
    internal required string ContainerId { get; init; }

    /// <summary>The program and its arguments.</summary>
    internal required IReadOnlyList<string> Command { get; init; }

    /// <summary>Where spools are; null for memory.</summary>
    internal required string? SpoolDirectory { get; init; }

    /// <summary>How much may wait for the hub.</summary>
    internal long SpoolBytes { get; init; } = 64 << 20;

    /// <summary>The longest time between two signs of life.</summary>
    internal TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long to wait for the hub once the command has ended.</summary>
    internal TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Between SIGTERM and SIGKILL when the hub asks for a stop.</summary>
    internal TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether what the command prints is not printed again.</summary>
    internal bool Quiet { get; init; }
}
