using Microsoft.Extensions.Logging;
using Overseer.Core.Drivers;
using Overseer.Drivers;

namespace Overseer.Configuration;

/// <summary>A configuration that every driver has looked at.</summary>
/// <param name="Configuration">The configuration; null when there are errors.</param>
/// <param name="Actions">The actions, ready to start; empty when there are errors.</param>
/// <param name="Errors">All that is wrong, each one line <c>FILE:LINE: key: what is wrong, what is allowed</c>.</param>
/// <param name="Warnings">What the user should know, each one line of the same form.</param>
public sealed record CheckedConfiguration(
    OverseerConfiguration? Configuration,
    ActionCatalog Actions,
    IReadOnlyList<string> Errors,
    IReadOnlyList<string> Warnings)
{
    /// <summary>The drivers whose runs the server carries out itself.</summary>
    internal IReadOnlyList<IHostingDriver> Hosting { get; init; } = [];

    /// <summary>Makes who carries those runs out.</summary>
    internal IEnumerable<IRunHost> CreateHosts(ILoggerFactory logs, TimeProvider clock) => Hosting.Select(driver =>
        driver is IPlacedHosting placed ? placed.CreateHost(Configuration!.Places.StateDirectory, logs, clock) : driver.CreateHost(logs, clock));
}
