namespace Overseer.Configuration;

/// <summary>
/// Where a configuration comes from. A flag wins over the environment, the environment over the file; except the path of the file itself, where
/// <c>OVERSEER_CONFIG</c> wins over the flag. An empty variable or flag is an unset one.
/// </summary>
public sealed record ConfigurationSources
{
    /// <summary><c>--config</c>.</summary>
    public string? FlagPath { get; init; }

    /// <summary>The environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary><c>--listen</c>, once or more.</summary>
    public IReadOnlyList<string> Listen { get; init; } = [];

    /// <summary><c>--db</c>.</summary>
    public string? Database { get; init; }

    /// <summary><c>--command</c>: pins the one command that clients may run.</summary>
    public string? Command { get; init; }

    /// <summary><c>--protocol</c>.</summary>
    public string? Protocol { get; init; }

    /// <summary><c>--shutdown</c>: <c>stop</c> or <c>keep</c>.</summary>
    public string? Shutdown { get; init; }

    /// <summary><c>--recorder</c>: <c>launch</c> or <c>connect</c>.</summary>
    public string? Recorder { get; init; }

    /// <summary>Whether the program was called <c>sticky-overseer</c>: <c>config.yaml</c> of the working directory is read when it is there, and without any file clients are taken to be v1's.</summary>
    public bool IsStickyOverseer { get; init; }

    /// <summary>Whether the hub is served alone (<c>overseer hub</c>): then <c>PORT</c> and <c>HOST</c> count too.</summary>
    public bool IsHub { get; init; }

    /// <summary><c>--state-dir</c>.</summary>
    public string? StateDirectory { get; init; }

    /// <summary><c>--runtime-dir</c>.</summary>
    public string? RuntimeDirectory { get; init; }

    /// <summary>The process's own environment as <see cref="Environment"/> takes it.</summary>
    public static IReadOnlyDictionary<string, string> OwnEnvironment()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry entry in System.Environment.GetEnvironmentVariables()) variables[(string)entry.Key] = (string?)entry.Value ?? "";
        return variables;
    }
}
