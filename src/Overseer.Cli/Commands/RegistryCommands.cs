using System.CommandLine;
using Overseer.Cli.Console;
using Overseer.Cli.Goproc;
using Overseer.Cli.Goproc.Flags;

namespace Overseer.Cli.Commands;

/// <summary>
/// The commands of the process registry, as they are listed, completed and described here. They are goproc's, and are read and run by <see cref="GoprocProgram"/> under either name.
/// </summary>
internal static class RegistryCommands
{
    /// <summary>Describes a command.</summary>
    internal static Command Build(string name, CliConsole console)
    {
        GoprocCommand known = GoprocProgram.Find(name) ?? throw new ArgumentException($"there is no command '{name}'", nameof(name));
        var command = new Command(name, known.Summary + ".");
        foreach (Flag flag in known.Flags)
            command.Options.Add(Describe(flag));
        if (name == "add")
        {
            command.Options.Add(AddContainer.Options(out Option<string?> engine));
            command.Options.Add(engine);
        }
        if (name == "daemon")
            command.Options.Add(new Option<string?>("--config") { Description = "The daemon's settings, in JSON.", HelpName = "FILE" });
        if (known.Refuse(0) is not null)
            command.Arguments.Add(new Argument<string[]>(known.Arguments.Split('<', '>')[1].ToUpperInvariant()) { Arity = ArgumentArity.OneOrMore });
        command.SetAction(parsed => GoprocProgram.Run("overseer", [.. parsed.Tokens.Select(token => token.Value)], console));
        return command;
    }

    private static Option Describe(Flag flag)
    {
        string[] aliases = flag.Short is { } letter ? ["-" + letter] : [];
        string description = char.ToUpperInvariant(flag.Usage[0]) + flag.Usage[1..] + ".";
        return flag.Kind.Length == 0
            ? new Option<bool>("--" + flag.Name, aliases) { Description = description }
            : new Option<string[]>("--" + flag.Name, aliases) { Description = description, HelpName = flag.Kind.ToUpperInvariant() };
    }
}
