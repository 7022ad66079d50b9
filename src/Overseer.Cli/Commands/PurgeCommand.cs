using System.CommandLine;
using System.Globalization;
using Overseer.Cli.Console;
using Overseer.Cli.Tasks;
using Overseer.Hosting;

namespace Overseer.Cli.Commands;

/// <summary><c>overseer purge</c>.</summary>
internal static class PurgeCommand
{
    internal static Command Build(CliConsole console)
    {
        var server = new ServerOptions();
        var action = new Argument<string?>("ACTION") { Description = "Only waiting tasks of this action.", Arity = ArgumentArity.ZeroOrOne };
        var all = new Option<bool>("--all", "-a") { Description = "Every waiting task." };
        var command = new Command("purge", "Take waiting tasks out of their queue, so that they are not started. Prints how many they were.") { action, all };
        server.AddTo(command);
        command.SetAction(parsed =>
        {
            string? name = parsed.GetValue(action);
            if (name is null != parsed.GetValue(all))
                throw new UsageException(name is null ? "name an ACTION, or say --all for every waiting task" : "ACTION and --all exclude each other");
            using ServerRequests client = server.Open(parsed, console);
            int count = client.Purge(name);
            console.Out.WriteLine(count.ToString(CultureInfo.InvariantCulture));
            console.Out.Flush();
            console.Error.WriteLine($"overseer: {(count == 1 ? "1 waiting task was" : $"{count} waiting tasks were")} taken out of the queue");
            return ExitCodes.Ok;
        });
        return command;
    }
}
