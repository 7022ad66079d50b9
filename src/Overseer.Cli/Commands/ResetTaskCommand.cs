using System.CommandLine;
using Overseer.Cli.Console;
using Overseer.Cli.Tasks;
using Overseer.Client;
using Overseer.Hosting;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Commands;

/// <summary><c>overseer reset-task</c>.</summary>
internal static class ResetTaskCommand
{
    internal static Command Build(CliConsole console)
    {
        var server = new ServerOptions();
        var tasks = new Argument<string[]>("TASK") { Description = "Its id, the beginning of its id, its number or its name.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("reset-task", "Start tasks again that were given up. Prints their ids.") { tasks };
        server.AddTo(command);
        command.SetAction(parsed =>
        {
            using ServerRequests client = server.Open(parsed, console);
            IReadOnlyList<TaskInfo> all = client.List();
            string[] ids = [.. parsed.GetRequiredValue(tasks).Select(text => TaskFinder.Find(all, text).TaskId).Distinct(StringComparer.Ordinal)];
            int code = ExitCodes.Ok;
            foreach (string id in ids)
            {
                try
                {
                    client.Reset(id);
                    console.Out.WriteLine(id);
                    console.Out.Flush();
                }
                catch (OverseerRequestException refusal)
                {
                    console.Error.WriteLine($"overseer: {id}: {refusal.Message}");
                    code = ExitCodes.Refused;
                }
            }
            return code;
        });
        return command;
    }
}
