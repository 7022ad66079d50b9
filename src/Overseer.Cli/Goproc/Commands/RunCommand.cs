using Overseer.Cli.Goproc.Flags;
using Overseer.Protocols.V2;
using Overseer.Recorder.Spawning;

namespace Overseer.Cli.Goproc.Commands;

/// <summary><c>run</c>: starts a program with this process's own streams, registers it, and leaves it alone.</summary>
internal sealed class RunCommand : GoprocCommand
{
    private readonly Registration _registration = new();
    private readonly SwitchFlag _record = new("record", "let Overseer's server run it and keep what it prints");
    private readonly SecondsFlag _timeout = new("timeout", 3, "time for the daemon, in seconds");

    internal override string Name => "run";

    internal override string Arguments => "[flags] -- <command> [args...]";

    internal override string Summary => "Start a program and register it";

    internal override IReadOnlyList<Flag> Flags => [.. _registration.Flags, _record, _timeout];

    internal override string? Refuse(int arguments) => arguments > 0 ? null : "requires at least 1 arg(s), only received 0";

    internal override int Run(IReadOnlyList<string> arguments, GoprocContext context)
    {
        var deadline = new Deadline(_timeout.Value, context.Console.Clock);
        string path = context.Console.Variable("PATH") ?? "";
        if (_record.Value)
        {
            string file = ProgramStart.Find(arguments[0], path);
            TaskInfo task = RecordedRun.Start(file, arguments.Skip(1), _registration.Start, context, deadline.Left);
            Say((ulong)task.Number, task.CurrentPid ?? 0, context);
            return 0;
        }
        using GoprocSession session = context.Open();
        AttachedChild child = ProgramStart.Start(arguments, path);
        try
        {
            (ulong id, string? already) = _registration.Register(session, child.Pid, string.Join(' ', arguments), deadline.Left);
            if (already is not null)
                throw new GoprocFailure("daemon add RPC failed: " + already);
            Say(id, child.Pid, context);
            return 0;
        }
        catch (GoprocFailure)
        {
            child.Kill();
            throw;
        }
    }

    private void Say(ulong id, int pid, GoprocContext context)
    {
        if (_registration.Json)
            ProcJson.WriteRegistered(context.Console.Out, id, pid, already: false);
        else
            context.Print($"Started pid={pid} registry id={id}");
    }
}
