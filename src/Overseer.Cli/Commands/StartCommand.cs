using System.CommandLine;
using Overseer.Cli.Console;
using Overseer.Cli.Tasks;
using Overseer.Client;
using Overseer.Hosting;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Commands;

/// <summary><c>overseer start</c>.</summary>
internal static class StartCommand
{
    internal static Command Build(CliConsole console)
    {
        var server = new ServerOptions();
        var action = new Argument<string>("ACTION") { Description = "What to start; overseer actions lists them." };
        var parameters = new Option<string[]>("--param", "-p") { Description = "A parameter; may be given several times.", HelpName = "NAME=VALUE" };
        var taskId = new Option<string?>("--task-id") { Description = "The id of the task; the server makes one when it is not given.", HelpName = "ID" };
        var name = new Option<string?>("--name") { Description = "A name for the task, unique on the server.", HelpName = "NAME" };
        var tags = new Option<string[]>("--tag") { Description = "A tag beside those of the action; may be given several times.", HelpName = "TAG" };
        var groups = new Option<string[]>("--group") { Description = "A group beside those of the action; may be given several times.", HelpName = "GROUP" };
        var force = new Option<bool>("--force") { Description = "Take the place of the oldest unforced task when the action's queue is full." };
        var retry = new RetryOptions();
        var follow = new Option<bool>("--follow", "-f") { Description = "Print its output until it ends, and end with its exit code. Ctrl-C leaves it running." };
        var json = new Option<bool>("--json") { Description = "Print the server's messages as JSON, one a line." };
        var command = new Command("start", "Start a task. Prints its id.") { action, parameters, taskId, name, tags, groups, follow, json, force };
        retry.AddTo(command);
        server.AddTo(command);
        command.SetAction(parsed =>
        {
            var start = new StartMessage("")
            {
                Action = parsed.GetRequiredValue(action),
                TaskId = parsed.GetValue(taskId),
                Name = parsed.GetValue(name),
                Tags = parsed.GetValue(tags) is { Length: > 0 } someTags ? someTags : null,
                Groups = parsed.GetValue(groups) is { Length: > 0 } someGroups ? someGroups : null,
                Force = parsed.GetValue(force),
                RetryPolicy = retry.Read(parsed),
                Params = ParametersOf(parsed.GetValue(parameters) ?? []),
            };
            if (parsed.GetValue(follow))
                return FollowAsync(server, parsed, start, parsed.GetValue(json), console).GetAwaiter().GetResult();
            using ServerRequests client = server.Open(parsed, console);
            Print(client.Start(start), parsed.GetValue(json), console);
            return ExitCodes.Ok;
        });
        return command;
    }

    internal static Dictionary<string, string>? ParametersOf(IReadOnlyList<string> texts)
    {
        if (texts.Count == 0)
            return null;
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string text in texts)
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw new UsageException($"-p {text}: a parameter is written NAME=VALUE");
            if (!parameters.TryAdd(text[..equals], text[(equals + 1)..]))
                throw new UsageException($"-p {text}: {text[..equals]} was given twice");
        }
        return parameters;
    }

    private static void Print(ServerMessage answer, bool json, CliConsole console)
    {
        if (json)
            JsonLines.WriteMessage(console.Out, answer);
        else
            console.Out.WriteLine(answer is QueuedMessage waiting ? waiting.TaskId : ((StartedMessage)answer).TaskId);
        console.Out.Flush();
        if (answer is QueuedMessage queued && !json)
            console.Error.WriteLine($"overseer: queued at position {queued.Position}");
    }

    private static async Task<int> FollowAsync(ServerOptions server, ParseResult parsed, StartMessage start, bool json, CliConsole console)
    {
        using var interrupt = new Interrupt(CancellationToken.None);
        await using OverseerClient client = await server.ConnectAsync(parsed, console, interrupt.Token);
        TaskStart task = await client.StartAsync(start, watch: true, interrupt.Token);
        await using TaskWatch watch = task.Watch!;
        var printer = new EventPrinter(console, json, timestamps: false, talk: true);
        if (json)
            printer.Print((ServerMessage?)task.Started ?? task.Queued!);
        else if (task.Queued is { } queued)
            printer.Say($"task {task.TaskId} is queued at position {queued.Position}, waiting for its start");
        else if (console.ErrorIsTerminal)
            printer.Say($"task {task.TaskId}, pid {task.Started!.Pid}");
        try
        {
            return await Follower.FollowAsync(watch, printer, interrupt.Token) is { } ending ? TaskEnd.CodeOf(ending, printer, console.ErrorIsTerminal) : ExitCodes.Refused;
        }
        catch (OperationCanceledException) when (interrupt.Token.IsCancellationRequested)
        {
            printer.Say(watch.Ending is null && task.WhenStartedAsync(CancellationToken.None).IsCompletedSuccessfully ? $"left; task {task.TaskId} keeps running" : $"left; task {task.TaskId} keeps its place in the queue");
            await console.Error.WriteLineAsync($"  watch it: overseer logs{server.Repeat(parsed)} {task.TaskId} -f");
            await console.Error.WriteLineAsync($"  stop it:  overseer stop{server.Repeat(parsed)} {task.TaskId}");
            return ExitCodes.Ok;
        }
    }
}
