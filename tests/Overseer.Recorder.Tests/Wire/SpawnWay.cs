using Overseer.Recorder.Spawning;

namespace Overseer.Recorder.Tests.Wire;

/// <summary>A way to start programs that tests go through.</summary>
/// <param name="Choice">The spawner.</param>
/// <param name="Kept">Whether each start has a slot of the flight page; with posix_spawn this means a shell in between.</param>
internal sealed record SpawnWay(SpawnerChoice Choice, bool Kept)
{
    internal static readonly SpawnWay Usual = new(SpawnerChoice.ByTrying, false);
    internal static readonly SpawnWay ByClone = new(SpawnerChoice.Clone, true);
    internal static readonly SpawnWay ByPosix = new(SpawnerChoice.Posix, false);
    internal static readonly SpawnWay ByShell = new(SpawnerChoice.Posix, true);
}
