using Overseer.Core.Configuration;
using Overseer.Core.Drivers;
using Overseer.Core.Pools;

namespace Overseer.Configuration;

/// <summary>An action of the file, before a driver has looked at it.</summary>
/// <param name="Definition">What drivers and the engine get.</param>
/// <param name="Pool">Its own pool (<c>task_pool</c>); null for none.</param>
/// <param name="LongestGrace">The longest time between stop signal and SIGKILL that its settings mention.</param>
/// <param name="TypeNode">Where its driver is named, for errors.</param>
public sealed record ConfiguredAction(ActionDefinition Definition, PoolOptions? Pool, TimeSpan LongestGrace, ConfigNode? TypeNode);
