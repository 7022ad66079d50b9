using System.CommandLine;
using System.Globalization;
using Overseer.Cli.Console;
using Overseer.Client;
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
        command.SetAction(async (parsed, cancellation) =>
        {
            string? name = parsed.GetValue(action);
            if (name is null != parsed.GetValue(all))
                throw new UsageException(name is null ? "name an ACTION, or say --all for every waiting task" : "ACTION and --all exclude each other");
            await using OverseerClient client = await server.ConnectAsync(parsed, console, cancellation);
            int count = await client.PurgeAsync(name, cancellation);
            console.Out.WriteLine(count.ToString(CultureInfo.InvariantCulture));
            console.Out.Flush();
            await console.Error.WriteLineAsync($"overseer: {(count == 1 ? "1 waiting task was" : $"{count} waiting tasks were")} taken out of the queue");
            return ExitCodes.Ok;
        });
        return command;
    }
}
