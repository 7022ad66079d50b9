namespace Overseer.Drivers.Docker.Engine;

/// <summary>Where an engine listens: the path of a UNIX socket.</summary>
internal static class EngineSocket
{
    /// <summary>The variable that names the engine for Docker's own tools.</summary>
    public const string Variable = "DOCKER_HOST";

    private const string Docker = "/var/run/docker.sock";
    private const string Podman = "/run/podman/podman.sock";
    private const string Scheme = "unix://";

    /// <summary>The longest path that fits an address of a UNIX socket (unix(7)), without its closing NUL.</summary>
    private const int LongestPath = 107;

    /// <summary>Reads what names an engine: <c>unix:///run/docker.sock</c> or <c>/run/docker.sock</c>.</summary>
    /// <param name="text">As written.</param>
    /// <param name="problem">What is wrong with it; empty when nothing is.</param>
    /// <returns>The path, or null.</returns>
    public static string? Parse(string text, out string problem)
    {
        var path = text.StartsWith(Scheme, StringComparison.Ordinal) ? text[Scheme.Length..] : text;
        problem = path switch
        {
            "" => "must not be empty",
            _ when path.Contains("://", StringComparison.Ordinal) => $"\"{text}\" is no UNIX socket; an engine is reached by one only: /var/run/docker.sock, or unix:///var/run/docker.sock",
            _ when path[0] != '/' => $"\"{text}\" must be an absolute path",
            _ when System.Text.Encoding.UTF8.GetByteCount(path) > LongestPath => $"is longer than {LongestPath} bytes, which the address of a UNIX socket may have",
            _ when path.Contains('\0', StringComparison.Ordinal) => "must not hold NUL",
            _ => "",
        };
        return problem.Length == 0 ? path : null;
    }

    /// <summary>The engine to use when none is named: <see cref="Variable"/>, else the first of Docker's socket, podman's of this user and podman's of root that is there, else Docker's.</summary>
    /// <param name="variable">Reads a variable of the environment.</param>
    /// <param name="exists">Whether there is a file.</param>
    /// <exception cref="FormatException"><see cref="Variable"/> names none.</exception>
    public static string Default(Func<string, string?> variable, Func<string, bool> exists)
    {
        if (variable(Variable) is { Length: > 0 } named) return Parse(named, out var problem) ?? throw new FormatException($"{Variable}: {problem}");
        string[] candidates = variable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime ? [Docker, Path.Combine(runtime, "podman/podman.sock"), Podman] : [Docker, Podman];
        return candidates.FirstOrDefault(exists) ?? Docker;
    }
}
