using System.CommandLine;
using Overseer.Cli.Console;
using Overseer.Hosting;

namespace Overseer.Cli.Commands;

/// <summary><c>overseer completion</c>: prints a script for a shell, which asks <see cref="Completion.Completer"/> at each TAB.</summary>
internal static class CompletionCommand
{
    internal static Command Build(CliConsole console)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", "Print a script that makes a shell complete commands, options, tasks and actions.") { shell };
        command.SetAction(parsed =>
        {
            using Stream script = typeof(CompletionCommand).Assembly.GetManifestResourceStream($"overseer.{parsed.GetRequiredValue(shell)}")!;
            using var reader = new StreamReader(script);
            console.Out.Write(reader.ReadToEnd());
            console.Out.Flush();
            return ExitCodes.Ok;
        });
        return command;
    }
}
