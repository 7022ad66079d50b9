using Microsoft.Extensions.Logging;
using Overseer.Configuration;

namespace Overseer.Hosting;

/// <summary>What `overseer serve` was told on the command line. Everything unset comes from the environment, the configuration file or the defaults.</summary>
public sealed record ServeOptions
{
    /// <summary>The configuration file; <c>OVERSEER_CONFIG</c> wins over it.</summary>
    public string? ConfigPath { get; init; }

    /// <summary>Addresses to listen on, instead of those of the configuration.</summary>
    public IReadOnlyList<string> Listen { get; init; } = [];

    /// <summary>Where state is kept.</summary>
    public string? StateDirectory { get; init; }

    /// <summary>Where sockets lie.</summary>
    public string? RuntimeDirectory { get; init; }

    /// <summary>The database, instead of that of the configuration.</summary>
    public string? Database { get; init; }

    /// <summary>The one command that clients may run beside the configured actions.</summary>
    public string? Command { get; init; }

    /// <summary>What connections speak that do not choose, <c>v2</c>, <c>v1</c> or <c>v0</c>, instead of what the configuration says.</summary>
    public string? Protocol { get; init; }

    /// <summary>Whether the program was called <c>sticky-overseer</c>, see <see cref="ConfigurationSources.IsStickyOverseer"/>.</summary>
    public bool IsStickyOverseer { get; init; }

    /// <summary>Whether the hub is served alone, see <see cref="ConfigurationSources.IsHub"/>.</summary>
    public bool IsHub { get; init; }

    /// <summary>What happens to tasks at the end, <c>stop</c> or <c>keep</c>, instead of what the configuration says.</summary>
    public string? Shutdown { get; init; }

    /// <summary>Who starts the recorder, <c>launch</c> (the server) or <c>connect</c> (somebody else), instead of what the configuration says.</summary>
    public string? Recorder { get; init; }

    /// <summary>The least important messages that are logged. Default information.</summary>
    public LogLevel? LogLevel { get; init; }

    /// <summary>The goproc socket, whatever the configuration says of it; null for what it says.</summary>
    internal GoprocOptions? Goproc { get; init; }

    /// <summary>What the line says; null for the addresses.</summary>
    internal string? Ready { get; init; }

    /// <summary>Gets the one line that says the server is ready.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Gets errors, warnings and the log.</summary>
    public required TextWriter Error { get; init; }
}
