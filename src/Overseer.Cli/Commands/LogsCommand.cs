using System.CommandLine;
using Overseer.Cli.Console;
using Overseer.Cli.Tasks;
using Overseer.Client;
using Overseer.Hosting;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Commands;

/// <summary><c>overseer logs</c>.</summary>
internal static class LogsCommand
{
    internal static Command Build(CliConsole console)
    {
        var server = new ServerOptions();
        var tasks = new Argument<string[]>("TASK") { Description = TaskLabel.Description + " The lines of several begin with the task.", Arity = ArgumentArity.OneOrMore };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on until the task has ended, through restarts, and end with its exit code. Ctrl-C leaves it running." };
        var lines = new Option<int?>("--lines", "-n") { Description = "Begin with the last N lines.", HelpName = "N" };
        var since = new Option<long?>("--since-seq") { Description = "Begin with line N, counted from 1.", HelpName = "N" };
        var timestamps = new Option<bool>("--timestamps", "-t") { Description = "Print when each line was captured." };
        var json = new Option<bool>("--json") { Description = "Print the server's messages as JSON, one a line." };
        var command = new Command("logs", "Print what a task wrote: stdout to stdout, stderr to stderr.") { tasks, follow, lines, since, timestamps, json };
        server.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            int? last = parsed.GetValue(lines);
            long? from = parsed.GetValue(since);
            if (last < 0)
                throw new UsageException("-n takes a number of lines, 0 or more");
            if (from < 1)
                throw new UsageException("--since-seq takes a line number, 1 or more");
            if (last is not null && from is not null)
                throw new UsageException("-n and --since-seq exclude each other");
            using var interrupt = new Interrupt(cancellation);
            await using OverseerClient client = await server.ConnectAsync(parsed, console, interrupt.Token);
            var printer = new EventPrinter(console, parsed.GetValue(json), parsed.GetValue(timestamps), talk: console.ErrorIsTerminal);
            try
            {
                bool followed = parsed.GetValue(follow);
                string[] texts = parsed.GetRequiredValue(tasks);
                if (texts is not [var only] || TaskLabel.Parse(only) is not null)
                {
                    if (from is not null)
                        throw new UsageException("--since-seq is for one task: each counts its own lines");
                    using var many = new ManyLogs(client, printer, last, console.ErrorIsTerminal);
                    return await many.RunAsync(texts, followed, interrupt.Token);
                }
                TaskInfo found = await TaskFinder.FindAsync(client, only, interrupt.Token);
                TaskEnding? ending = TaskEnding.Of(found);
                if (followed && ending is null)
                    ending = await TaskLogs.FollowAsync(client, found, last, from, printer, interrupt.Token);
                else
                    await TaskLogs.PrintAsync(client, found, last, from, printer, interrupt.Token);
                return !followed ? ExitCodes.Ok : ending is null ? ExitCodes.Refused : TaskEnd.CodeOf(ending, printer, console.ErrorIsTerminal);
            }
            catch (OperationCanceledException) when (interrupt.Token.IsCancellationRequested)
            {
                printer.Flush();
                return ExitCodes.Ok;
            }
        });
        return command;
    }
}
