using System.CommandLine;
using System.Globalization;
using Overseer.Cli.Console;
using Overseer.Cli.Discovery;
using Overseer.Cli.Processes;
using Overseer.Cli.Tasks;
using Overseer.Client;
using Overseer.Core.Tasks;
using Overseer.Hosting;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Commands;

/// <summary><c>overseer discover</c>.</summary>
internal static class DiscoverCommand
{
    internal static Command Build(CliConsole console)
    {
        var server = new ServerOptions();
        var name = new Option<string?>("--name") { Description = "Only processes of the program of this name.", HelpName = "NAME" };
        var port = new Option<int?>("--port") { Description = "Only processes that listen on this port, TCP or UDP. Those of others can be seen by root alone.", HelpName = "PORT" };
        var user = new Option<string?>("--user") { Description = "Only processes of this user, by name or number.", HelpName = "USER" };
        var text = new Option<string?>("--command") { Description = "Only processes with this text in their command line.", HelpName = "TEXT" };
        var add = new Option<bool>("--add") { Description = "Add the one that is found, without a question." };
        var all = new Option<bool>("--all") { Description = "With --add: also when several are found." };
        var tags = new Option<string[]>("--tag") { Description = "A tag for those that are added; may be repeated.", HelpName = "TAG" };
        var groups = new Option<string[]>("--group") { Description = "A group for those that are added; may be repeated.", HelpName = "GROUP" };
        var command = new Command("discover", "Find processes of this machine, and add them to the registry.") { name, port, user, text, add, all, tags, groups };
        server.AddTo(command);
        command.SetAction(parsed =>
        {
            var query = new ProcessQuery(parsed.GetValue(name), parsed.GetValue(port), parsed.GetValue(user), parsed.GetValue(text));
            bool unasked = parsed.GetValue(add);
            if (unasked && query.IsEmpty)
                throw new UsageException("--add needs a condition: --name, --port, --user or --command");
            if (parsed.GetValue(all) && !unasked)
                throw new UsageException("--all goes with --add");
            using ServerRequests? client = Open(server, parsed, console, unasked);
            Dictionary<int, TaskInfo> known = Known(client);
            IReadOnlyList<FoundProcess> found = ProcessFinder.Find(query);
            if (found.Count == 0)
                throw new NotFoundException("there is no such process, or none that can be seen");
            FoundProcess[] free = [.. found.Where(process => !known.ContainsKey(process.Pid))];
            if (unasked)
            {
                if (free.Length > 1 && !parsed.GetValue(all))
                    throw new UsageException($"{free.Length} processes are found ({string.Join(", ", free.Take(5).Select(process => process.Pid))}{(free.Length > 5 ? ", …" : "")}); add --all, or narrow the search");
                return Add(client!, free, parsed.GetValue(tags) ?? [], parsed.GetValue(groups) ?? [], console);
            }
            TableOf(found, known).WriteTo(console);
            return client is null || free.Length == 0 || !console.OutIsTerminal || !console.InIsTerminal
                ? ExitCodes.Ok
                : Add(client, Ask(free, console), parsed.GetValue(tags) ?? [], parsed.GetValue(groups) ?? [], console);
        });
        return command;
    }

    // Looking needs no server; adding does.
    private static ServerRequests? Open(ServerOptions server, ParseResult parsed, CliConsole console, bool needed)
    {
        try
        {
            return server.Open(parsed, console);
        }
        catch (OverseerUnreachableException) when (!needed)
        {
            return null;
        }
    }

    private static Dictionary<int, TaskInfo> Known(ServerRequests? client)
    {
        var known = new Dictionary<int, TaskInfo>();
        foreach (TaskInfo task in client?.List() ?? [])
        {
            if (task is { WorkerState: WorkerState.Running, CurrentPid: { } pid })
                known[pid] = task;
        }
        return known;
    }

    private static IReadOnlyList<FoundProcess> Ask(FoundProcess[] free, CliConsole console)
    {
        using var input = new StreamReader(console.OpenInput());
        while (true)
        {
            console.Error.Write(AddChoice.Question);
            console.Error.Flush();
            if (input.ReadLine() is not { } answer)
                return [];
            if (AddChoice.Read(answer, free) is { } chosen)
                return chosen;
            console.Error.WriteLine("that names a process that is not in the list, or is a task already");
        }
    }

    private static int Add(ServerRequests client, IReadOnlyList<FoundProcess> chosen, string[] tags, string[] groups, CliConsole console)
    {
        int code = ExitCodes.Ok;
        foreach (FoundProcess process in chosen)
        {
            try
            {
                TaskInfo task = client.Adopt(new AdoptMessage("") { Pid = process.Pid, Tags = tags, Groups = groups });
                console.Out.WriteLine(task.Number.ToString(CultureInfo.InvariantCulture));
            }
            catch (OverseerRequestException refusal)
            {
                console.Error.WriteLine($"overseer: pid {process.Pid}: {refusal.Message}");
                code = ExitCodes.Refused;
            }
        }
        console.Out.Flush();
        return code;
    }

    private static Table TableOf(IReadOnlyList<FoundProcess> found, IReadOnlyDictionary<int, TaskInfo> known)
    {
        var table = new Table("PID", "USER", "UP", "PORTS", "TASK", "COMMAND");
        foreach (FoundProcess process in found)
        {
            TaskInfo? task = known.GetValueOrDefault(process.Pid);
            table.Add(
                process.Pid.ToString(CultureInfo.InvariantCulture),
                process.User,
                Ages.Short(process.Age),
                string.Join(',', process.Ports),
                task?.Name ?? task?.TaskId,
                CommandText.Of(process.CommandLine));
        }
        return table;
    }
}
