using Overseer.Recorder.Tests.Wire;

namespace Overseer.Recorder.Tests.Spawning;

public sealed class TrampolineSpawningTests() : SpawnerContract(SpawnWay.ByShell);
