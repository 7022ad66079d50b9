using Overseer.Core.Configuration;
using Overseer.Core.Pools;
using Overseer.Core.Tasks;

namespace Overseer.Core.Drivers;

/// <summary>An action as the configuration defines it: what all drivers share, and what its own driver reads.</summary>
public sealed record ActionDefinition
{
    /// <summary>The name clients start it by.</summary>
    public required string Name { get; init; }

    /// <summary>Type of its driver.</summary>
    public required string Type { get; init; }

    /// <summary>For people.</summary>
    public string? Description { get; init; }

    /// <summary>What the driver reads: the value of <c>config:</c>; unset when the action has none.</summary>
    public ConfigNode? Config { get; init; }

    /// <summary>Where the driver's warnings go, above all about keys that are known but have no effect yet.</summary>
    public ConfigurationWarnings Warnings { get; init; } = new();

    /// <summary>How its runs are stopped when the driver's own configuration does not say otherwise.</summary>
    public StopPolicy Stop { get; init; } = StopPolicy.Default;

    /// <summary>Tags that each of its tasks gets.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Groups that each of its tasks gets.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>Parameters whose values together may be running only once; empty for no such limit.</summary>
    public IReadOnlyList<string> DedupeKey { get; init; } = [];

    /// <summary>How many of its tasks may run and wait, as the configuration says. Default: any number.</summary>
    public PoolSettings Pool { get; init; } = PoolSettings.Unlimited;

    /// <summary>Whether it stands for what somebody else starts; see <see cref="ActionCatalog.Foreign"/>.</summary>
    internal bool IsForeign => ActionCatalog.OriginOf(Name) is Tasks.TaskOrigin.Session or Tasks.TaskOrigin.Container;

    /// <summary>Retry policy of its tasks, under that of a request and over the global one; unset for none of its own.</summary>
    public RetryPolicy? Retry { get; init; }
}
