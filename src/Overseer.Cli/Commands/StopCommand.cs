using System.CommandLine;
using Overseer.Cli.Console;
using Overseer.Cli.Tasks;
using Overseer.Client;
using Overseer.Hosting;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Commands;

/// <summary><c>overseer stop</c>.</summary>
internal static class StopCommand
{
    // What a stop may take beyond its grace time; an action's own grace time is not known here, so the default allows for a long one.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    internal static Command Build(CliConsole console)
    {
        var server = new ServerOptions();
        var tasks = new Argument<string[]>("TASK") { Description = TaskLabel.Description + " Several are stopped together.", Arity = ArgumentArity.OneOrMore };
        var grace = new Option<string?>("--grace") { Description = "Time between SIGTERM and SIGKILL, such as 500ms, 10s, 1m30s, 0. Default: what the action says.", HelpName = "TIME" };
        var command = new Command("stop", "Stop tasks, with everything they started, and wait until they have ended.") { tasks, grace };
        server.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            TimeSpan? time = Durations.Read(grace.Name, parsed.GetValue(grace));
            await using OverseerClient client = await server.ConnectAsync(parsed, console, cancellation);
            IReadOnlyList<TaskInfo> all = await client.ListAsync(cancellationToken: cancellation);
            string[] texts = parsed.GetRequiredValue(tasks);
            IReadOnlyList<TaskInfo> found = TaskFinder.FindAll(all, texts);
            // Who names a label means those that are there to be stopped; who names a task is told that it has ended.
            if (texts.All(text => TaskLabel.Parse(text) is not null))
                found = [.. found.Where(task => !TaskEnd.HasEnded(task))];
            if (found.Count == 0)
                throw new NotFoundException("all of these tasks have ended");
            int[] codes = await Task.WhenAll(found.Select(task => StopAsync(client, task, time, console, cancellation)));
            return codes.Max();
        });
        return command;
    }

    private static async Task<int> StopAsync(OverseerClient client, TaskInfo task, TimeSpan? grace, CliConsole console, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource((grace ?? TimeSpan.Zero) + Margin, console.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            ExitedMessage? exited = await client.StopAsync(task.TaskId, grace, either.Token);
            await console.Error.WriteLineAsync($"overseer: stopped {task.TaskId}{(exited is null ? " before it was started" : $" ({Ending(exited)})")}");
            return ExitCodes.Ok;
        }
        catch (OverseerRequestException refusal)
        {
            await console.Error.WriteLineAsync($"overseer: {task.TaskId}: {refusal.Message}");
            return ExitCodes.Refused;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            await console.Error.WriteLineAsync($"overseer: {task.TaskId} was asked to stop and has not ended yet; overseer ps shows how it stands");
            return ExitCodes.TimedOut;
        }
    }

    private static string Ending(ExitedMessage exited) => exited.Signal ?? $"exit code {exited.ExitCode}";
}
