using System.CommandLine;
using System.Globalization;
using Overseer.Cli.Console;
using Overseer.Cli.Processes;
using Overseer.Cli.Tasks;
using Overseer.Hosting;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Commands;

/// <summary><c>overseer show</c>: what <c>ps</c> shows in a row, in full, and what the task uses.</summary>
internal static class ShowCommand
{
    private const string TimeFormat = "yyyy-MM-dd HH:mm:ss.fff zzz";

    internal static Command Build(CliConsole console)
    {
        var server = new ServerOptions();
        var task = new Argument<string>("TASK") { Description = "Its id, the beginning of its id, its number or its name." };
        var json = new Option<bool>("--json") { Description = "Print the task as a JSON object, as the protocol describes it." };
        var command = new Command("show", "Show everything that is known about a task.") { task, json };
        server.AddTo(command);
        command.SetAction(parsed =>
        {
            using ServerRequests client = server.Open(parsed, console);
            TaskInfo found = TaskFinder.Find(client.List(), parsed.GetRequiredValue(task));
            if (parsed.GetValue(json))
            {
                JsonLines.WriteObject(console.Out, TaskInfo.Schema, found);
                return ExitCodes.Ok;
            }
            TaskMetrics? counters = client.Metrics(null, found.TaskId).Task;
            IReadOnlyList<ProcessInfo> processes = client.Processes(new ProcessesMessage("") { TaskId = found.TaskId });
            foreach ((string name, string? value) in Describe(found, counters, processes is [var one] ? one : null))
            {
                if (value is { Length: > 0 })
                    console.Out.WriteLine($"{name + ":",-14}{new Cell(value).Plain}");
            }
            console.Out.Flush();
            return ExitCodes.Ok;
        });
        return command;
    }

    private static IEnumerable<(string Name, string? Value)> Describe(TaskInfo task, TaskMetrics? counters, ProcessInfo? processes)
    {
        yield return ("task", task.TaskId);
        yield return ("number", Number(task.Number));
        yield return ("name", task.Name);
        yield return ("tags", task.Tags is { } tags ? string.Join(", ", tags) : null);
        yield return ("groups", task.Groups is { } groups ? string.Join(", ", groups) : null);
        yield return ("action", task.Action);
        yield return ("state", PsCommand.WordOf(task));
        yield return ("parameters", task.Params is { } values ? string.Join(' ', values.Select(pair => $"{pair.Key}={pair.Value}")) : null);
        yield return ("command", task.Command is { } program ? CommandText.Of([program, .. task.Args ?? []]) : null);
        yield return ("created", Time(task.CreatedAt));
        yield return ("queued", Time(task.QueuedAt));
        yield return ("started", Time(task.LastStartedAt));
        yield return ("exited", Time(task.LastExitedAt));
        yield return ("exit", task.LastSignal ?? (task.LastExitCode is { } code ? Number(code) : null));
        yield return ("restarts", Number(task.RestartCount));
        yield return ("error", task.ErrorMessage);
        yield return ("note", task.Note);
        yield return ("lines", counters is null ? null : Number(counters.OutputLines));
        yield return ("running time", counters is null ? null : TimeSpan.FromMilliseconds(counters.RuntimeMs).ToString("c", CultureInfo.InvariantCulture));
        if (processes is null)
            yield break;
        yield return ("pid", Number(processes.Process.Pid));
        yield return ("user", processes.Process.User);
        yield return ("runs", CommandText.Of(processes.Process.CommandLine));
        yield return ("process", Describe(processes.Process.Usage));
        yield return ("tree", processes.TreeSize == 1 ? null : $"{Number(processes.TreeSize)} processes, {Describe(processes.Tree)}");
    }

    private static string Describe(ProcessUsage usage)
    {
        string files = usage.OpenFds is { } count ? $", {Number(count)} open files" : "";
        return $"{Sizes.Percent(usage.CpuPercent)} % CPU, {usage.CpuSeconds.ToString("0.00", CultureInfo.InvariantCulture)} s CPU time, {Sizes.Bytes(usage.ResidentBytes)} memory, {Number(usage.Threads)} threads{files}";
    }

    private static string? Time(DateTimeOffset? time) => time?.ToLocalTime().ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
