using System.CommandLine;
using System.Reflection;
using Overseer.Cli.Console;
using Overseer.Cli.Personas;
using Overseer.Hosting;

namespace Overseer.Cli.Commands;

/// <summary><c>overseer version</c>.</summary>
internal static class VersionCommand
{
    internal static Command Build(CliConsole console)
    {
        var command = new Command("version", "Print the version of this program.");
        command.SetAction(_ => Run(console, "overseer"));
        return command;
    }

    /// <summary>Prints <c>PROGRAM VERSION (COMMIT)</c>.</summary>
    internal static int Run(CliConsole console, string program)
    {
        string version = typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
        int plus = version.IndexOf('+', StringComparison.Ordinal);
        string commit = plus < 0 ? program == StickyOverseer.Name ? " (unknown)" : "" : $" ({version[(plus + 1)..Math.Min(version.Length, plus + 13)]})";
        console.Out.WriteLine($"{program} {(plus < 0 ? version : version[..plus])}{commit}");
        console.Out.Flush();
        return ExitCodes.Ok;
    }
}
