using System.CommandLine;
using Overseer.Cli.Console;
using Overseer.Cli.Tasks;
using Overseer.Client;
using Overseer.Hosting;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Commands;

/// <summary><c>overseer wait</c>.</summary>
internal static class WaitCommand
{
    internal static Command Build(CliConsole console)
    {
        var server = new ServerOptions();
        var tasks = new Argument<string[]>("TASK") { Description = TaskLabel.Description, Arity = ArgumentArity.OneOrMore };
        var timeout = new Option<string?>("--timeout") { Description = "Give up after this time, with exit code 124, such as 30s or 1h.", HelpName = "TIME" };
        var command = new Command("wait", "Wait until tasks have ended, restarts included, and end with a task's exit code.") { tasks, timeout };
        server.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            TimeSpan? patience = Durations.Read(timeout.Name, parsed.GetValue(timeout));
            using var deadline = patience is { } time ? new CancellationTokenSource(time, console.Clock) : new CancellationTokenSource();
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
            try
            {
                await using OverseerClient client = await server.ConnectAsync(parsed, console, either.Token);
                IReadOnlyList<TaskInfo> all = await client.ListAsync(cancellationToken: either.Token);
                string[] ids = [.. TaskFinder.FindAll(all, parsed.GetRequiredValue(tasks)).Select(task => task.TaskId)];
                return await WaitAsync(client, ids, console, either.Token);
            }
            catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellation.IsCancellationRequested)
            {
                await console.Error.WriteLineAsync($"overseer: not ended within {parsed.GetValue(timeout)}");
                return ExitCodes.TimedOut;
            }
        });
        return command;
    }

    private static async Task<int> WaitAsync(OverseerClient client, string[] ids, CliConsole console, CancellationToken cancellation)
    {
        var codes = new Dictionary<string, int>(StringComparer.Ordinal);
        await foreach (TaskEnding ending in client.WaitAsync(ids, cancellation))
        {
            codes[ending.TaskId] = TaskEnd.CodeOf(ending);
            if (TaskEnd.Explain(ending, console.ErrorIsTerminal) is { } text)
                await console.Error.WriteLineAsync("overseer: " + text);
            if (ids.Length > 1)
            {
                console.Out.WriteLine($"{ending.TaskId} {codes[ending.TaskId]}");
                console.Out.Flush();
            }
        }
        return ids.Select(id => codes.GetValueOrDefault(id, ExitCodes.Refused)).FirstOrDefault(code => code != 0);
    }
}
