using System.Globalization;
using Overseer.Cli.Console;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Processes;

/// <summary>Processes of tasks as rows.</summary>
internal static class ProcessTable
{
    /// <summary>A table with what whole trees use.</summary>
    internal static Table Of(IEnumerable<ProcessInfo> processes, DateTimeOffset now)
    {
        var table = new Table("NO", "TASK", "ACTION", "PID", "USER", "CPU%", "MEM", "THR", "FDS", "PROCS", "UP", "COMMAND");
        foreach (ProcessInfo task in processes)
            table.Add(Row(task, now));
        return table;
    }

    /// <summary>Whether a row has this text in it, upper and lower case alike.</summary>
    internal static bool Matches(ProcessInfo task, string text)
        => text.Length == 0 || new[] { task.TaskId, task.Name, task.Action, task.Process.User, CommandText.Of(task.Process.CommandLine), Number(task.Process.Pid), Number(task.Number) }
            .Any(field => field?.Contains(text, StringComparison.OrdinalIgnoreCase) == true);

    private static Cell[] Row(ProcessInfo task, DateTimeOffset now) =>
    [
        Number(task.Number),
        task.Name ?? task.TaskId,
        task.Action,
        Number(task.Process.Pid),
        task.Process.User,
        new Cell(Sizes.Percent(task.Tree.CpuPercent), task.Tree.CpuPercent >= 50 ? Tone.Waiting : Tone.Normal),
        Sizes.Bytes(task.Tree.ResidentBytes),
        Number(task.Tree.Threads),
        task.Tree.OpenFds is { } files ? Number(files) : null,
        Number(task.TreeSize),
        Ages.Short(now - task.Process.StartedAt),
        CommandText.Of(task.Process.CommandLine),
    ];

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
