using System.Text;
using Overseer.Cli.Goproc.Flags;

namespace Overseer.Cli.Goproc;

/// <summary>Help, in cobra's form.</summary>
internal static class UsageText
{
    private const string Description = "goproc keeps a registry of processes, tells whether they live, and ends them.";

    /// <summary>Help for a command; for the program when there is none.</summary>
    internal static string Help(string program, GoprocCommand? command) => $"{command?.Summary ?? Description}\n\n{Of(program, command)}";

    /// <summary>The same without its first lines.</summary>
    internal static string Of(string program, GoprocCommand? command)
    {
        var text = new StringBuilder("Usage:\n  ").Append(program);
        if (command is null)
        {
            text.Append(" [command]\n\nAvailable Commands:\n");
            foreach (GoprocCommand one in GoprocProgram.All)
                text.Append("  ").Append(one.Name.PadRight(12)).Append(one.Summary).Append('\n');
            text.Append("  ").Append("help".PadRight(12)).Append("Help about any command\n\nFlags:\n");
            Flags(text, [new TextFlag("config", "file with the daemon's settings, in JSON"), new SwitchFlag("help", "help for " + program) { Short = 'h' }]);
            return text.Append("\nUse \"").Append(program).Append(" [command] --help\" for more information about a command.\n").ToString();
        }
        text.Append(' ').Append(command.Name).Append(' ').Append(command.Arguments).Append("\n\nFlags:\n");
        Flags(text, [.. command.Flags, new SwitchFlag("help", "help for " + command.Name) { Short = 'h' }]);
        text.Append("\nGlobal Flags:\n");
        Flags(text, [new TextFlag("config", "file with the daemon's settings, in JSON")]);
        return text.ToString();
    }

    private static void Flags(StringBuilder text, IReadOnlyList<Flag> flags)
    {
        (string Left, string Right)[] rows =
        [
            .. flags.OrderBy(flag => flag.Name, StringComparer.Ordinal).Select(flag => (
                $"  {(flag.Short is { } letter ? $"-{letter}, " : "    ")}--{flag.Name}{(flag.Kind.Length > 0 ? " " : "")}{flag.Kind}",
                flag.Usage + (flag.Default is { } unset ? $" (default {unset})" : ""))),
        ];
        int width = rows.Max(row => row.Left.Length);
        foreach ((string left, string right) in rows)
            text.Append(left.PadRight(width)).Append("   ").Append(right).Append('\n');
    }
}
