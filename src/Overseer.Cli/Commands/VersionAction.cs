using System.CommandLine;
using System.CommandLine.Invocation;
using Overseer.Cli.Console;

namespace Overseer.Cli.Commands;

/// <summary>What <c>--version</c> does.</summary>
internal sealed class VersionAction(CliConsole console, string program) : SynchronousCommandLineAction
{
    public override bool Terminating => true;

    public override int Invoke(ParseResult parseResult) => VersionCommand.Run(console, program);
}
