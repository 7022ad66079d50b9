using System.CommandLine;
using Overseer.Cli.Console;
using Overseer.Cli.Tasks;
using Overseer.Client;
using Overseer.Hosting;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Commands;

/// <summary><c>overseer events</c>.</summary>
internal static class EventsCommand
{
    internal static Command Build(CliConsole console)
    {
        var server = new ServerOptions();
        var follow = new Option<bool>("--follow", "-f") { Description = "Print events as they come, until Ctrl-C; past ones only with --since." };
        var task = new Option<string?>("--task") { Description = "Only events of this task; it need not exist yet.", HelpName = "TASK" };
        var action = new Option<string?>("--action") { Description = "Only events of tasks of this action.", HelpName = "NAME" };
        var tag = new Option<string?>("--tag") { Description = "Only events of tasks with this tag.", HelpName = "TAG" };
        var group = new Option<string?>("--group") { Description = "Only events of tasks of this group.", HelpName = "GROUP" };
        var since = new Option<string?>("--since") { Description = "Begin with events of that time, such as 2026-01-31T12:00:00Z, or how long ago, such as 10m.", HelpName = "TIME" };
        var json = new Option<bool>("--json") { Description = "Print the server's messages as JSON, one a line." };
        var command = new Command("events", "Print what happened to tasks: queued, started, exited, restarting, errored, dequeued.") { follow, task, action, tag, group, since, json };
        server.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            DateTimeOffset? from = Durations.ReadTime(since.Name, parsed.GetValue(since), console.Clock.GetUtcNow());
            bool goOn = parsed.GetValue(follow);
            using var interrupt = new Interrupt(cancellation);
            await using OverseerClient client = await server.ConnectAsync(parsed, console, interrupt.Token);
            string? taskId = parsed.GetValue(task) is { } text ? await IdOfAsync(client, text, interrupt.Token) : null;
            var filter = new LifecycleFilter(taskId, parsed.GetValue(action), parsed.GetValue(tag), parsed.GetValue(group));
            var printer = new LifecyclePrinter(console, filter, parsed.GetValue(json));
            try
            {
                await using LifecycleWatch watch = await client.WatchLifecycleAsync(goOn ? from : from ?? DateTimeOffset.UnixEpoch, interrupt.Token);
                await PrintAsync(watch, printer, goOn, toldSince: from is not null, interrupt.Token);
            }
            catch (OperationCanceledException) when (interrupt.Token.IsCancellationRequested)
            {
                printer.Flush();
            }
            return ExitCodes.Ok;
        });
        return command;
    }

    private static async Task PrintAsync(LifecycleWatch watch, LifecyclePrinter printer, bool goOn, bool toldSince, CancellationToken cancellation)
    {
        bool first = true;
        int left = 0;
        await foreach (IReadOnlyList<ServerMessage> batch in watch.ReadBatchesAsync(cancellation))
        {
            foreach (ServerMessage one in batch)
            {
                if (one is SubscribedMessage subscribed)
                {
                    left = subscribed.History ?? 0;
                    // Whoever asks for all there is does not expect more.
                    if (subscribed.Complete is false && (!first || toldSince))
                        printer.Say(first ? "there may have been more: the server keeps only the latest events since its start" : "the connection was lost, events may be missing here; overseer ps shows how things stand");
                    first = false;
                }
                else
                {
                    printer.Print(one);
                    left -= one is LifecycleMessage ? 1 : 0;
                }
                if (!goOn && left == 0)
                {
                    printer.Flush();
                    return;
                }
            }
            printer.Flush();
        }
    }

    // A task that is still to come has no number, name or beginning to be found by: then the text is its id.
    private static async Task<string> IdOfAsync(OverseerClient client, string text, CancellationToken cancellation)
    {
        try
        {
            return (await TaskFinder.FindAsync(client, text, cancellation)).TaskId;
        }
        catch (NotFoundException)
        {
            return text;
        }
    }
}
