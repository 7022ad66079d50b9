using System.CommandLine;
using Overseer.Cli.Console;
using Overseer.Cli.Tasks;
using Overseer.Hosting;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Commands;

/// <summary><c>overseer reload</c>.</summary>
internal static class ReloadCommand
{
    internal static Command Build(CliConsole console)
    {
        var server = new ServerOptions();
        var json = new Option<bool>("--json") { Description = "Print the server's answer as one JSON object." };
        var command = new Command("reload", "Have the server read its configuration again. Running tasks go on; with errors nothing changes.") { json };
        server.AddTo(command);
        command.SetAction(parsed =>
        {
            using ServerRequests client = server.Open(parsed, console);
            ReloadedMessage answer = client.Reload();
            if (parsed.GetValue(json))
                JsonLines.WriteMessage(console.Out, answer);
            else
                Print(answer, console);
            console.Out.Flush();
            return answer.Applied ? ExitCodes.Ok : ExitCodes.Configuration;
        });
        return command;
    }

    private static void Print(ReloadedMessage answer, CliConsole console)
    {
        foreach (string warning in answer.Warnings)
            console.Error.WriteLine("warning: " + warning);
        foreach (string error in answer.Errors)
            console.Error.WriteLine("error: " + error);
        if (!answer.Applied)
        {
            console.Error.WriteLine("overseer: nothing was changed");
            return;
        }
        foreach (string change in answer.Changes)
            console.Out.WriteLine(change);
        foreach (string restart in answer.Restart)
            console.Out.WriteLine("restart needed: " + restart);
        if (answer.Changes.Count == 0)
            console.Error.WriteLine("overseer: nothing has changed");
    }
}
