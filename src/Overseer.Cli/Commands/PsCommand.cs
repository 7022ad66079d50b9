using System.CommandLine;
using System.Globalization;
using Overseer.Cli.Console;
using Overseer.Cli.Processes;
using Overseer.Cli.Tasks;
using Overseer.Core.Tasks;
using Overseer.Hosting;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Commands;

/// <summary><c>overseer ps</c>.</summary>
internal static class PsCommand
{
    internal static Command Build(CliConsole console)
    {
        var server = new ServerOptions();
        var json = new Option<bool>("--json") { Description = "Print a JSON array of tasks as the protocol describes them." };
        var action = new Option<string?>("--action") { Description = "Only tasks of this action.", HelpName = "NAME" };
        var state = new Option<string?>("--state") { Description = "Only tasks in this state: active, stopped, errored, queued.", HelpName = "STATE" };
        state.AcceptOnlyFromAmong("active", "stopped", "errored", "queued");
        var wide = new Option<bool>("--wide", "-w") { Description = "Also show labels, and what running tasks use: processor, memory, threads, open files." };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Print the task ids alone." };
        var command = new Command("ps", "List the tasks, ended ones included.") { json, action, state, wide, quiet };
        server.AddTo(command);
        command.SetAction(parsed =>
        {
            using ServerRequests client = server.Open(parsed, console);
            var filter = new ListMessage("")
            {
                Action = parsed.GetValue(action),
                State = parsed.GetValue(state) is { } name ? Enum.Parse<TaskState>(name, ignoreCase: true) : null,
            };
            IReadOnlyList<TaskInfo> tasks = client.List(filter);
            if (parsed.GetValue(json))
                JsonLines.WriteArray(console.Out, TaskInfo.Schema, tasks);
            else if (parsed.GetValue(quiet))
                WriteIds(tasks, console);
            else if (parsed.GetValue(wide))
                WideTaskTable.Of(tasks, client.Processes(new ProcessesMessage("") { Action = filter.Action }), console.Clock.GetUtcNow()).WriteTo(console);
            else
                TableOf(tasks, console.Clock.GetUtcNow()).WriteTo(console);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static void WriteIds(IReadOnlyList<TaskInfo> tasks, CliConsole console)
    {
        foreach (TaskInfo task in tasks)
            console.Out.WriteLine(task.TaskId);
        console.Out.Flush();
    }

    internal static Table TableOf(IReadOnlyList<TaskInfo> tasks, DateTimeOffset now)
    {
        var table = new Table("NO", "TASK", "ACTION", "STATE", "PID", "SINCE", "EXIT", "RESTARTS");
        foreach (TaskInfo task in tasks)
            table.Add(Row(task, now));
        return table;
    }

    /// <summary>The cells of a task, one for each column.</summary>
    internal static Cell[] Row(TaskInfo task, DateTimeOffset now)
    {
        DateTimeOffset? since = task.State switch
        {
            TaskState.Queued => task.QueuedAt,
            _ when task.WorkerState == WorkerState.Exited => task.LastExitedAt,
            _ => task.LastStartedAt,
        };
        return
        [
            task.Number.ToString(CultureInfo.InvariantCulture),
            task.Name is { } name ? $"{name} ({task.TaskId})" : task.TaskId,
            task.Action,
            StateOf(task),
            task.WorkerState == WorkerState.Running ? task.CurrentPid?.ToString(CultureInfo.InvariantCulture) : null,
            since is { } time ? Ages.Short(now - time) : null,
            ExitOf(task),
            task.RestartCount.ToString(CultureInfo.InvariantCulture),
        ];
    }

    /// <summary>What a task does, in a word.</summary>
    internal static string WordOf(TaskInfo task) => StateOf(task).Plain;

    private static Cell StateOf(TaskInfo task) => task.State switch
    {
        TaskState.Active when task.WorkerState == WorkerState.Running => new Cell("running", Tone.Good),
        TaskState.Active => new Cell(task.WorkerState is null ? "starting" : "restarting", Tone.Waiting),
        TaskState.Queued => new Cell("queued", Tone.Waiting),
        TaskState.Errored => new Cell("errored", Tone.Bad),
        _ => new Cell("stopped", Tone.Quiet),
    };

    private static Cell ExitOf(TaskInfo task) => task switch
    {
        { LastExitedAt: null } => null,
        { LastSignal: { } signal } => new Cell(signal, Tone.Bad),
        { LastExitCode: 0 } => new Cell("0"),
        { LastExitCode: { } code } => new Cell(code.ToString(CultureInfo.InvariantCulture), Tone.Bad),
        _ => null,
    };
}
