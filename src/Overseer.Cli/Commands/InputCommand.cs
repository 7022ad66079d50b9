using System.CommandLine;
using System.Text;
using Overseer.Cli.Console;
using Overseer.Cli.Tasks;
using Overseer.Client;
using Overseer.Hosting;

namespace Overseer.Cli.Commands;

/// <summary><c>overseer input</c>.</summary>
internal static class InputCommand
{
    internal static Command Build(CliConsole console)
    {
        var server = new ServerOptions();
        var task = new Argument<string>("TASK") { Description = "Its id, the beginning of its id, its number or its name." };
        var text = new Argument<string?>("TEXT") { Description = "One line to write, to which its end is added; without it, standard input is written as it is.", Arity = ArgumentArity.ZeroOrOne };
        var bare = new Option<bool>("--no-newline", "-n") { Description = "Add no line end to TEXT." };
        var eof = new Option<bool>("--eof") { Description = "Close the task's standard input afterwards." };
        var command = new Command("input", "Write to the standard input of a task whose action has one (stdin: pipe).") { task, text, bare, eof };
        server.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            await using OverseerClient client = await server.ConnectAsync(parsed, console, cancellation);
            string taskId = (await TaskFinder.FindAsync(client, parsed.GetRequiredValue(task), cancellation)).TaskId;
            await using Stream source = parsed.GetValue(text) is { } line
                ? new MemoryStream(Encoding.UTF8.GetBytes(parsed.GetValue(bare) ? line : line + "\n"))
                : console.OpenInput();
            await client.InputAsync(taskId, source, parsed.GetValue(eof), cancellation);
            return ExitCodes.Ok;
        });
        return command;
    }
}
