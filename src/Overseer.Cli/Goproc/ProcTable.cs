using System.Globalization;
using Overseer.Cli.Console;
using Overseer.Cli.Processes;
using Overseer.Protocols.Goproc;

namespace Overseer.Cli.Goproc;

/// <summary>Entries as a table, with what their processes use, whole trees together.</summary>
internal static class ProcTable
{
    internal static Table Of(IReadOnlyList<Proc> procs, DateTimeOffset now)
    {
        var table = new Table("ID", "PID", "NAME", "ORIGIN", "STATE", "SINCE", "EXIT", "TAGS", "GROUPS", "USER", "CPU%", "MEM", "THR", "FDS", "PROCS", "COMMAND");
        foreach (Proc proc in procs)
        {
            table.Add(
                [
                    Number((long)proc.Id),
                    Number(proc.Pid),
                    proc.Name,
                    proc.Origin,
                    StateOf(proc),
                    ProcTimes.Of(proc.Alive ? proc.StartedAtUnixNano : proc.ExitedAtUnixNano) is { } since ? Ages.Short(now - since) : null,
                    ExitOf(proc),
                    string.Join(',', proc.Tags),
                    string.Join(',', proc.Groups),
                    proc.User,
                    .. Use(proc.TreeUse, proc.TreeSize),
                    proc.Cmd,
                ]);
        }
        return table;
    }

    private static Cell StateOf(Proc proc) => proc switch
    {
        { Alive: true } => new Cell("running", Tone.Good),
        { State: "active" } => new Cell("restarting", Tone.Waiting),
        { State: "queued" } => new Cell("queued", Tone.Waiting),
        { State: "errored" } => new Cell("errored", Tone.Bad),
        _ => new Cell("stopped", Tone.Quiet),
    };

    private static Cell ExitOf(Proc proc) => proc switch
    {
        { Signal.Length: > 0 } => new Cell(proc.Signal, Tone.Bad),
        { HasExitCode: true } => new Cell(Number(proc.ExitCode), proc.ExitCode == 0 ? Tone.Normal : Tone.Bad),
        _ => null,
    };

    private static Cell[] Use(Use? use, uint processes) => use is null
        ? [null, null, null, null, null]
        : [Sizes.Percent(use.CpuPercent), Sizes.Bytes(use.ResidentBytes), Number(use.Threads), use.HasOpenFds ? Number(use.OpenFds) : null, Number(processes)];

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
