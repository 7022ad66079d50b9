using System.CommandLine;
using System.CommandLine.Help;
using Overseer.Cli.Completion;
using Overseer.Cli.Console;

namespace Overseer.Cli.Commands;

/// <summary>The commands. Only the one that is asked for is built with its options, since most of the time that a simple command takes goes into this.</summary>
internal static class CommandTree
{
    private const string Description = """
        Run, watch and record processes.

        Exit codes: 0 done · a task's own code for start -f, logs -f and wait, 128+n when signal n ended it · 121 wrong usage · 122 wrong configuration · 123 no server reached ·
        124 timed out · 125 refused by the server · 126 the server cannot be started · 127 no such task or action.
        """;

    private static readonly (string Name, Func<CliConsole, Command> Build)[] Builders =
    [
        ("serve", ServeCommand.Build),
        ("hub", HubCommand.Build),
        ("start", StartCommand.Build),
        ("ps", PsCommand.Build),
        ("sessions", SessionsCommand.Build),
        ("report", ReportCommand.Build),
        ("logs", LogsCommand.Build),
        ("stop", StopCommand.Build),
        ("wait", WaitCommand.Build),
        ("input", InputCommand.Build),
        ("signal", SignalCommand.Build),
        ("reset-task", ResetTaskCommand.Build),
        ("events", EventsCommand.Build),
        ("actions", ActionsCommand.Build),
        ("describe", DescribeCommand.Build),
        ("pool", PoolCommand.Build),
        ("purge", PurgeCommand.Build),
        ("metrics", MetricsCommand.Build),
        ("discover", DiscoverCommand.Build),
        ("top", TopCommand.Build),
        ("tree", TreeCommand.Build),
        ("show", ShowCommand.Build),
        ("list", console => RegistryCommands.Build("list", console)),
        ("add", console => RegistryCommands.Build("add", console)),
        ("run", console => RegistryCommands.Build("run", console)),
        ("rm", console => RegistryCommands.Build("rm", console)),
        ("kill", console => RegistryCommands.Build("kill", console)),
        ("tag", console => RegistryCommands.Build("tag", console)),
        ("group", console => RegistryCommands.Build("group", console)),
        ("reset", console => RegistryCommands.Build("reset", console)),
        ("ping", console => RegistryCommands.Build("ping", console)),
        ("daemon", console => RegistryCommands.Build("daemon", console)),
        ("journal", JournalCommand.Build),
        ("token", TokenCommand.Build),
        ("validate", ValidateCommand.Build),
        ("reload", ReloadCommand.Build),
        ("doctor", DoctorCommand.Build),
        ("completion", CompletionCommand.Build),
        ("version", VersionCommand.Build),
    ];

    /// <summary>The commands as a user would list them.</summary>
    internal static string Names => string.Join(", ", Builders.Select(verb => verb.Name));

    /// <summary>Every command, built.</summary>
    internal static IEnumerable<Command> All(CliConsole console) => Builders.Select(verb => verb.Build(console));

    /// <summary>The commands with what they do, for a shell.</summary>
    internal static CompletionAnswer Verbs(CliConsole console) => new([.. All(console).Select(command => new Candidate(command.Name, command.Description))]);

    /// <summary>A command by its name.</summary>
    internal static Command? Build(string name, CliConsole console) => Builders.FirstOrDefault(verb => verb.Name == name).Build?.Invoke(console);

    internal static bool Knows(string name)
    {
        foreach ((string known, _) in Builders)
        {
            if (known == name)
                return true;
        }
        return false;
    }

    internal static Command For(string[] args, CliConsole console)
    {
        // Not a RootCommand: that one is named after the assembly.
        var root = new Command("overseer", Description) { new HelpOption(), new VersionOption { Action = new VersionAction(console, "overseer") } };
        string? asked = args.Length > 0 && Knows(args[0]) ? args[0] : null;
        foreach ((string name, Func<CliConsole, Command> build) in Builders)
        {
            if (asked is null || name == asked)
                root.Subcommands.Add(build(console));
        }
        if (args.Length == 0)
            root.SetAction(parsed => new HelpAction().Invoke(parsed));
        return root;
    }
}
