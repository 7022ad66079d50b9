namespace Overseer.Recorder.Spawning;

/// <summary>How a recorder starts programs.</summary>
internal enum SpawnerChoice
{
    /// <summary>With <c>clone3</c> where a trial works, else with <c>posix_spawn</c>.</summary>
    ByTrying = 0,

    /// <summary>With <c>clone3</c>, or not at all.</summary>
    Clone = 1,

    /// <summary>With <c>posix_spawn</c>.</summary>
    Posix = 2,
}
