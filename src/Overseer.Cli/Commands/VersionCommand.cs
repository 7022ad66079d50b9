using System.CommandLine;
using System.Reflection;
using Overseer.Cli.Console;
using Overseer.Hosting;

namespace Overseer.Cli.Commands;

/// <summary><c>overseer version</c>.</summary>
internal static class VersionCommand
{
    internal static Command Build(CliConsole console)
    {
        var command = new Command("version", "Print the version of this program.");
        command.SetAction(_ => Run(console));
        return command;
    }

    internal static int Run(CliConsole console)
    {
        string version = typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
        int plus = version.IndexOf('+', StringComparison.Ordinal);
        string commit = plus < 0 ? "" : $" ({version[(plus + 1)..Math.Min(version.Length, plus + 13)]})";
        console.Out.WriteLine($"overseer {(plus < 0 ? version : version[..plus])}{commit}");
        console.Out.Flush();
        return ExitCodes.Ok;
    }
}
