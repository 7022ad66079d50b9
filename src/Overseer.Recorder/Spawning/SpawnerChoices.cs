using Overseer.Recorder.Loop;

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

    /// <summary>Makes the spawner that was chosen, and says in the log which it is.</summary>
    /// <exception cref="NotSupportedException">The one that was asked for by name does not work here.</exception>
    internal static ISpawner Make(RecorderOptions options)
    {
        if (options.Spawner == SpawnerChoice.Posix)
            return Posix(options, "as asked");
        var clone = CloneSpawner.Try(options.ChildSoftNoFile, options.OwnProcess, out string reason);
        if (clone is not null)
        {
            options.Log("starts programs with clone3");
            return clone;
        }
        return options.Spawner == SpawnerChoice.Clone
            ? throw new NotSupportedException($"cannot start programs with clone3, as {Variable} asks: {reason}")
            : Posix(options, $"clone3 is no choice: {reason}");
    }

    private static PosixSpawner Posix(RecorderOptions options, string why)
    {
        options.Log($"starts programs with posix_spawn ({why})");
        return new PosixSpawner(options.ChildSoftNoFile, options.OwnProcess);
    }
}
