using System.CommandLine;
using Overseer.Cli.Console;
using Overseer.Cli.Tasks;
using Overseer.Client;
using Overseer.Hosting;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Commands;

/// <summary><c>overseer signal</c>.</summary>
internal static class SignalCommand
{
    internal static Command Build(CliConsole console)
    {
        var server = new ServerOptions();
        var tasks = new Argument<string[]>("TASK") { Description = TaskLabel.Description, Arity = ArgumentArity.OneOrMore };
        var signal = new Option<string>("--signal", "-s") { Description = "The signal: a name, such as HUP or SIGUSR1, or a number from 1 to 64.", HelpName = "SIGNAL", Required = true };
        var tree = new Option<bool>("--tree") { Description = "Send it to all processes of the task, not only to the one that was started." };
        var command = new Command("signal", "Send a signal to running tasks. To end a task for good, stop it.") { tasks, signal, tree };
        server.AddTo(command);
        command.SetAction(parsed =>
        {
            using ServerRequests client = server.Open(parsed, console);
            string[] texts = parsed.GetRequiredValue(tasks);
            IReadOnlyList<TaskInfo> found = TaskFinder.FindAll(client.List(), texts);
            if (texts.All(text => TaskLabel.Parse(text) is not null))
                found = [.. found.Where(task => task.WorkerState == Core.Tasks.WorkerState.Running)];
            if (found.Count == 0)
                throw new NotFoundException("none of these tasks runs");
            int code = ExitCodes.Ok;
            foreach (TaskInfo task in found)
            {
                try
                {
                    client.Signal(task.TaskId, parsed.GetRequiredValue(signal), parsed.GetValue(tree));
                }
                catch (OverseerRequestException refusal)
                {
                    console.Error.WriteLine($"overseer: {task.TaskId}: {refusal.Message}");
                    code = ExitCodes.Refused;
                }
            }
            return code;
        });
        return command;
    }
}
