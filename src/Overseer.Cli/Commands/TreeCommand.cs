using System.CommandLine;
using System.Globalization;
using Overseer.Cli.Console;
using Overseer.Cli.Processes;
using Overseer.Cli.Tasks;
using Overseer.Hosting;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Commands;

/// <summary><c>overseer tree</c>.</summary>
internal static class TreeCommand
{
    internal static Command Build(CliConsole console)
    {
        var server = new ServerOptions();
        var task = new Argument<string>("TASK") { Description = "Its id, the beginning of its id, its number or its name." };
        var json = new Option<bool>("--json") { Description = "Print a JSON object as the protocol describes it." };
        var command = new Command("tree", "Show the processes of a task, and what each of them uses.") { task, json };
        server.AddTo(command);
        command.SetAction(parsed =>
        {
            using ServerRequests client = server.Open(parsed, console);
            TaskInfo found = TaskFinder.Find(client.List(), parsed.GetRequiredValue(task));
            if (client.Processes(new ProcessesMessage("") { TaskId = found.TaskId, Members = true }) is not [var tree])
                throw new NotFoundException($"task {found.TaskId} has no process now; overseer ps shows how it stands");
            if (parsed.GetValue(json))
                JsonLines.WriteObject(console.Out, ProcessInfo.Schema, tree);
            else
                TableOf(tree).WriteTo(console);
            return ExitCodes.Ok;
        });
        return command;
    }

    internal static Table TableOf(ProcessInfo tree)
    {
        var table = new Table("PID", "USER", "CPU%", "MEM", "THR", "FDS", "COMMAND");
        foreach ((ProcessMember process, string branch) in ProcessBranches.Of(tree))
        {
            table.Add(
                Number(process.Pid),
                process.User,
                Sizes.Percent(process.Usage.CpuPercent),
                Sizes.Bytes(process.Usage.ResidentBytes),
                Number(process.Usage.Threads),
                process.Usage.OpenFds is { } files ? Number(files) : null,
                branch + CommandText.Of(process.CommandLine));
        }
        return table;
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
