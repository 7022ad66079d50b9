// The command line of goproc, to the letter: its commands, its way of reading flags (cobra's), its lines, its exit codes. It is read by hand, as System.CommandLine would take longer than most commands,
// and reads flags in another way. Under the name goproc this is the whole program; under overseer the same commands are among others.

using Overseer.Cli.Console;
using Overseer.Cli.Goproc.Commands;
using Overseer.Cli.Goproc.Flags;
using Overseer.Cli.Goproc.Text;
using Overseer.Core.Tasks;

namespace Overseer.Cli.Goproc;

/// <summary>Runs a command line of goproc's.</summary>
internal static class GoprocProgram
{
    /// <summary>The name under which this is the whole program.</summary>
    internal const string OwnName = "goproc";

    private static readonly (string Name, Func<GoprocCommand> Make)[] Commands =
    [
        ("add", () => new AddCommand()),
        ("daemon", () => new DaemonCommand()),
        ("group", () => new LabelCommand("group")),
        ("kill", () => new KillCommand()),
        ("list", () => new ListCommand()),
        ("ping", () => new PingCommand()),
        ("reset", () => new ResetCommand()),
        ("rm", () => new RemoveCommand()),
        ("run", () => new RunCommand()),
        ("tag", () => new LabelCommand("tag")),
    ];

    /// <summary>The names of the commands.</summary>
    internal static IEnumerable<string> Names => Commands.Select(command => command.Name);

    /// <summary>Every command, in the order of their names.</summary>
    internal static IEnumerable<GoprocCommand> All => Commands.Select(command => command.Make());

    /// <summary>A command by its name; null when there is none.</summary>
    internal static GoprocCommand? Find(string name)
    {
        foreach ((string known, Func<GoprocCommand> make) in Commands)
        {
            if (known == name)
                return make();
        }
        return null;
    }

    /// <summary>Runs a command line.</summary>
    /// <param name="program">What this was called as.</param>
    /// <param name="words">What follows the name.</param>
    /// <param name="console">The outside.</param>
    /// <returns>0, or 1 when it failed.</returns>
    internal static int Run(string program, IReadOnlyList<string> words, CliConsole console)
    {
        var config = new TextFlag("config", "file with the daemon's settings, in JSON");
        int at = CommandAt(words, new FlagSet([config, new SwitchFlag("help", "") { Short = 'h' }]));
        GoprocCommand? command = at < 0 ? null : Find(words[at]);
        if (at >= 0 && command is null)
            return words[at] == "help" ? Help(program, words.Skip(at + 1).FirstOrDefault(), console) : Unknown(program, words[at], console);
        var help = new SwitchFlag("help", "help for " + (command?.Name ?? program)) { Short = 'h' };
        try
        {
            var flags = new FlagSet([.. command?.Flags ?? [], help, config]);
            List<string> arguments = flags.Parse(at < 0 ? words : [.. words.Take(at), .. words.Skip(at + 1)]);
            if (help.Value || command is null)
                return Help(program, command?.Name, console);
            if (command.Refuse(arguments.Count) is { } refusal)
                throw new GoprocFailure(refusal);
            return command.Run(arguments, new GoprocContext(console, program, config.Value.Length > 0 ? config.Value : null));
        }
        catch (GoprocFailure failure)
        {
            Fail(program, failure.Message, program == OwnName ? UsageText.Of(program, command) + "\n" : "", console);
            return 1;
        }
        catch (BrokenPipeException)
        {
            return 0; // nobody reads any more
        }
    }

    /// <summary>Where the command's name is: the first word that is neither a flag nor the value of one; -1 when there is none.</summary>
    private static int CommandAt(IReadOnlyList<string> words, FlagSet flags)
    {
        for (int i = 0; i < words.Count; i++)
        {
            string word = words[i];
            if (word == "--")
                return -1;
            if (!word.StartsWith('-') && word.Length > 0)
                return i;
            bool valued = !word.Contains('=', StringComparison.Ordinal)
                && (word.StartsWith("--", StringComparison.Ordinal) ? !flags.IsSwitch(word[2..]) : word.Length == 2 && !flags.IsSwitch(word[1]));
            i += valued ? 1 : 0;
        }
        return -1;
    }

    private static int Help(string program, string? topic, CliConsole console)
    {
        GoprocCommand? command = topic is null ? null : Find(topic);
        if (topic is not null && command is null)
        {
            console.Error.WriteLine($"Unknown help topic [`{topic}`]");
            console.Error.Write(UsageText.Of(program, null));
            return 0;
        }
        console.Out.Write(UsageText.Help(program, command));
        console.Out.Flush();
        return 0;
    }

    private static int Unknown(string program, string name, CliConsole console)
    {
        string[] near = [.. Names.Where(known => Likeness.IsNear(name, known))];
        string message = $"unknown command {GoQuote.Text(name)} for {GoQuote.Text(program)}";
        if (near.Length > 0)
            message += "\n\nDid you mean this?\n" + string.Concat(near.Select(known => $"\t{known}\n"));
        Fail(program, message, $"Run '{program} --help' for usage.\n", console);
        return 1;
    }

    /// <summary>The message twice, as the library that reads the flags says it, and then the program itself.</summary>
    private static void Fail(string program, string message, string between, CliConsole console)
    {
        console.Error.Write($"Error: {message}\n{between}");
        if (program == OwnName)
            new GoprocContext(console, program, null).Log(message.TrimEnd('\n'));
    }
}
