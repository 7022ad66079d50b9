using System.CommandLine;
using Microsoft.Extensions.Logging;
using Overseer.Cli.Console;
using Overseer.Cli.Personas;
using Overseer.Hosting;

namespace Overseer.Cli.Commands;

/// <summary><c>overseer serve</c>.</summary>
internal static class ServeCommand
{
    private static readonly (string Name, LogLevel Level)[] Levels =
    [
        ("trace", LogLevel.Trace), ("debug", LogLevel.Debug), ("info", LogLevel.Information), ("information", LogLevel.Information),
        ("warn", LogLevel.Warning), ("warning", LogLevel.Warning), ("error", LogLevel.Error), ("none", LogLevel.None),
    ];

    internal static Command Build(CliConsole console) => Build(console, "serve");

    /// <summary>The command under another name: that of a program of its own, which serves.</summary>
    internal static Command Build(CliConsole console, string called)
    {
        var config = new Option<string?>("--config", "-c") { Description = "The configuration file (OVERSEER_CONFIG wins over it).", HelpName = "FILE" };
        var listen = new Option<string[]>("--listen", "-l") { Description = "Where to listen: :8080, HOST:PORT, unix:/PATH; may be given several times.", HelpName = "ADDRESS" };
        var state = new Option<string?>("--state-dir") { Description = "Where journals and state are kept (OVERSEER_STATE_DIR).", HelpName = "DIR" };
        var runtime = new Option<string?>("--runtime-dir") { Description = "Where the sockets are (OVERSEER_RUNTIME_DIR).", HelpName = "DIR" };
        var database = new Option<string?>("--db") { Description = "The database (OVERSEER_DB).", HelpName = "FILE" };
        var shutdown = new Option<string?>("--shutdown") { Description = "What happens to tasks at the end: stop, or keep (the default under systemd).", HelpName = "WHAT" };
        shutdown.AcceptOnlyFromAmong("stop", "keep");
        var recorder = new Option<string?>("--recorder") { Description = "launch a recorder when there is none, or only connect to one (OVERSEER_RECORDER).", HelpName = "HOW" };
        recorder.AcceptOnlyFromAmong("launch", "connect");
        var pinned = new Option<string?>("--command") { Description = "Let clients run this program, and no other that no action describes; those that do not choose speak v1.", HelpName = "PATH" };
        var protocol = new Option<string?>("--protocol") { Description = "What connections speak that do not choose: v2, v1, v0 (OVERSEER_PROTOCOL).", HelpName = "PROFILE" };
        protocol.AcceptOnlyFromAmong("v2", "v1", "v0");
        var handlers = new Option<bool>("--list-handlers") { Description = "List the types of actions there are, one a line, and end." };
        var level = new Option<string?>("--log-level") { Description = "The least important messages to log: trace, debug, info, warn, error, none.", HelpName = "LEVEL" };
        level.AcceptOnlyFromAmong([.. Levels.Select(one => one.Name)]);
        var command = new Command(called, "Run the server in the foreground until SIGINT or SIGTERM.") { config, listen, state, runtime, database, pinned, protocol, shutdown, recorder, level, handlers };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (parsed.GetValue(handlers))
                return ListHandlers(console);
            var options = new ServeOptions
            {
                ConfigPath = parsed.GetValue(config),
                Listen = parsed.GetValue(listen) ?? [],
                StateDirectory = parsed.GetValue(state),
                RuntimeDirectory = parsed.GetValue(runtime),
                Database = parsed.GetValue(database),
                Command = parsed.GetValue(pinned),
                Protocol = parsed.GetValue(protocol),
                IsStickyOverseer = called == StickyOverseer.Name,
                Shutdown = parsed.GetValue(shutdown),
                Recorder = parsed.GetValue(recorder),
                LogLevel = parsed.GetValue(level) is { } name ? Levels.First(one => one.Name == name).Level : null,
                Out = System.Console.Out,
                Error = console.Error,
            };
            return await Hosting.ServeCommand.RunAsync(options, cancellation);
        });
        return command;
    }

    private static int ListHandlers(CliConsole console)
    {
        foreach (string type in Hosting.ServeCommand.BuiltInDrivers.Select(driver => driver.Type).Order(StringComparer.Ordinal))
            console.Out.WriteLine(type);
        console.Out.Flush();
        return ExitCodes.Ok;
    }
}
