using Overseer.Configuration;

namespace Overseer.Registry;

/// <summary>Where goproc's files are (PROTOCOLS.md, "goproc").</summary>
/// <param name="Socket">The socket.</param>
internal sealed record GoprocPlaces(string Socket)
{
    /// <summary>Their directory.</summary>
    public string Directory => Path.GetDirectoryName(Path.GetFullPath(Socket))!;

    /// <summary>Holds the pid of the process that SIGTERM must reach.</summary>
    public string PidFile => Path.Combine(Directory, "goproc.pid");

    /// <summary>The registry in goproc's own form.</summary>
    public string Snapshot => Path.Combine(Directory, "goproc.snapshot.json");

    /// <summary>Finds them: the configured socket, then <c>GOPROC_SOCKET</c>, <c>GOPROC_RUNTIME_DIR</c>, <c>XDG_RUNTIME_DIR</c>, then <c>/run/user/UID</c>. An empty variable is an unset one.</summary>
    /// <param name="configured">The configured socket.</param>
    /// <param name="environment">Gives a variable.</param>
    public static GoprocPlaces Find(string? configured, Func<string, string?> environment)
    {
        var socket = Filled(configured) ?? Filled(environment("GOPROC_SOCKET"));
        var directory = Filled(environment("GOPROC_RUNTIME_DIR")) ?? Filled(environment("XDG_RUNTIME_DIR")) ?? $"/run/user/{CurrentUser.Id}";
        return new GoprocPlaces(socket ?? Path.Combine(directory, "goproc.sock"));
    }

    private static string? Filled(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
