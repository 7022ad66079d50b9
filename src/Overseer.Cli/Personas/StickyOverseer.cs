using System.CommandLine;
using System.CommandLine.Help;
using Overseer.Cli.Commands;
using Overseer.Cli.Console;

namespace Overseer.Cli.Personas;

/// <summary>
/// This program under the name <c>sticky-overseer</c>: it serves, and takes its flags with one dash or two. It reads <c>./config.yaml</c> when it is there, and without any
/// configuration file takes its clients to be those of sticky-overseer 0.4 to 0.9 (PROTOCOLS.md, "v1 and v0").
/// </summary>
internal static class StickyOverseer
{
    internal const string Name = "sticky-overseer";

    internal static Command Build(CliConsole console)
    {
        Command serve = ServeCommand.Build(console, Name);
        serve.Options.Add(new HelpOption());
        serve.Options.Add(new VersionOption { Action = new VersionAction(console, Name) });
        return serve;
    }

    /// <summary>The flags as this program's own parser knows them: <c>-command X</c> is <c>--command X</c>.</summary>
    internal static string[] Flags(string[] args)
        => [.. args.Select(arg => arg is ['-', not '-', _, ..] && arg[2] != '=' ? "-" + arg : arg)];
}
