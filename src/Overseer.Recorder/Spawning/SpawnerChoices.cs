namespace Overseer.Recorder.Spawning;

/// <summary>The names of the choices, for tests and for those whose machine needs one of them.</summary>
internal static class SpawnerChoices
{
    /// <summary>Read by the server, which passes it on: no variable of this name reaches a recorder.</summary>
    internal const string Variable = "OVERSEER_SPAWNER";

    /// <summary>Null when there is no such choice.</summary>
    internal static SpawnerChoice? Parse(string name) => name switch
    {
        "clone" => SpawnerChoice.Clone,
        "posix" => SpawnerChoice.Posix,
        _ => null,
    };

    /// <summary>Null for the choice that nobody has to name.</summary>
    internal static string? Name(this SpawnerChoice choice) => choice switch
    {
        SpawnerChoice.Clone => "clone",
        SpawnerChoice.Posix => "posix",
        _ => null,
    };

    internal static SpawnerChoice OfEnvironment() =>
        Environment.GetEnvironmentVariable(Variable) is { } name && Parse(name) is { } choice ? choice : SpawnerChoice.ByTrying;
}
