using System.Globalization;
using Overseer.Cli.Commands;
using Overseer.Cli.Console;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Processes;

/// <summary>Tasks as <c>ps</c> shows them, with their labels and with what they use.</summary>
internal static class WideTaskTable
{
    internal static Table Of(IReadOnlyList<TaskInfo> tasks, IReadOnlyList<ProcessInfo> processes, DateTimeOffset now)
    {
        var byTask = processes.ToDictionary(one => one.TaskId, StringComparer.Ordinal);
        var table = new Table("NO", "TASK", "ACTION", "STATE", "PID", "SINCE", "EXIT", "RESTARTS", "TAGS", "GROUPS", "USER", "CPU%", "MEM", "THR", "FDS", "PROCS", "COMMAND");
        foreach (TaskInfo task in tasks)
            table.Add([.. PsCommand.Row(task, now), Join(task.Tags), Join(task.Groups), .. Use(byTask.GetValueOrDefault(task.TaskId)), CommandOf(task, byTask.GetValueOrDefault(task.TaskId))]);
        return table;
    }

    private static Cell[] Use(ProcessInfo? processes) => processes is null
        ? [null, null, null, null, null, null]
        :
        [
            processes.Process.User,
            Sizes.Percent(processes.Tree.CpuPercent),
            Sizes.Bytes(processes.Tree.ResidentBytes),
            Number(processes.Tree.Threads),
            processes.Tree.OpenFds is { } files ? Number(files) : null,
            Number(processes.TreeSize),
        ];

    private static string? CommandOf(TaskInfo task, ProcessInfo? processes)
        => processes is { Process.CommandLine: { Count: > 0 } line } ? CommandText.Of(line) : task.Command is { } program ? CommandText.Of([program, .. task.Args ?? []]) : null;

    private static Cell Join(IReadOnlyList<string>? labels) => labels is null ? null : string.Join(',', labels);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
