using System.CommandLine;
using Microsoft.Extensions.Logging;
using Overseer.Cli.Console;
using Overseer.Hosting;

namespace Overseer.Cli.Commands;

/// <summary><c>overseer hub</c>: the hub for containers and viewers, and nothing else on the network.</summary>
internal static class HubCommand
{
    private static readonly (string Name, LogLevel Level)[] Levels =
    [
        ("trace", LogLevel.Trace), ("debug", LogLevel.Debug), ("info", LogLevel.Information), ("warn", LogLevel.Warning), ("error", LogLevel.Error), ("fatal", LogLevel.Critical), ("silent", LogLevel.None),
        ("none", LogLevel.None),
    ];

    internal static Command Build(CliConsole console)
    {
        var config = new Option<string?>("--config", "-c") { Description = "The configuration file (OVERSEER_CONFIG wins over it).", HelpName = "FILE" };
        var listen = new Option<string[]>("--listen", "-l") { Description = "Where to listen, instead of what HOST and PORT say; may be given several times.", HelpName = "ADDRESS" };
        var state = new Option<string?>("--state-dir") { Description = "Where journals and state are kept (OVERSEER_STATE_DIR).", HelpName = "DIR" };
        var runtime = new Option<string?>("--runtime-dir") { Description = "Where the sockets are (OVERSEER_RUNTIME_DIR).", HelpName = "DIR" };
        var database = new Option<string?>("--db") { Description = "The database (OVERSEER_DB).", HelpName = "FILE" };
        var level = new Option<string?>("--log-level") { Description = "The least important messages to log (LOG_LEVEL): trace, debug, info, warn, error, fatal, silent.", HelpName = "LEVEL" };
        level.AcceptOnlyFromAmong([.. Levels.Select(one => one.Name)]);
        var command = new Command("hub", "Serve the hub alone: containers report, people watch (AUTH_TOKEN, PORT, HOST).") { config, listen, state, runtime, database, level };
        command.SetAction(async (parsed, cancellation) => await Hosting.ServeCommand.RunAsync(
            new ServeOptions
            {
                ConfigPath = parsed.GetValue(config),
                Listen = parsed.GetValue(listen) ?? [],
                StateDirectory = parsed.GetValue(state),
                RuntimeDirectory = parsed.GetValue(runtime),
                Database = parsed.GetValue(database),
                IsHub = true,
                LogLevel = LevelOf(parsed.GetValue(level) ?? console.Variable("LOG_LEVEL")),
                Out = System.Console.Out,
                Error = console.Error,
            },
            cancellation));
        return command;
    }

    private static LogLevel? LevelOf(string? name)
    {
        if (string.IsNullOrEmpty(name))
            return null;
        foreach ((string known, LogLevel level) in Levels)
        {
            if (known.Equals(name, StringComparison.OrdinalIgnoreCase))
                return level;
        }
        throw new UsageException($"LOG_LEVEL is \"{name}\"; allowed are {string.Join(", ", Levels.Select(one => one.Name))}");
    }
}
