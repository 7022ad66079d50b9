using Overseer.Cli.Goproc.Flags;
using Overseer.Recorder.Spawning;

namespace Overseer.Cli.Goproc.Commands;

/// <summary><c>run</c>: starts a program with this process's own streams, registers it, and leaves it alone.</summary>
internal sealed class RunCommand : GoprocCommand
{
    private readonly Registration _registration = new();
    private readonly SecondsFlag _timeout = new("timeout", 3, "time for the daemon, in seconds");

    internal override string Name => "run";

    internal override string Arguments => "[flags] -- <command> [args...]";

    internal override string Summary => "Start a program and register it";

    internal override IReadOnlyList<Flag> Flags => [.. _registration.Flags, _timeout];

    internal override string? Refuse(int arguments) => arguments > 0 ? null : "requires at least 1 arg(s), only received 0";

    internal override int Run(IReadOnlyList<string> arguments, GoprocContext context)
    {
        var deadline = new Deadline(_timeout.Value, context.Console.Clock);
        using GoprocSession session = context.Open();
        AttachedChild child = ProgramStart.Start(arguments, context.Console.Variable("PATH") ?? "");
        try
        {
            (ulong id, string? already) = _registration.Register(session, child.Pid, string.Join(' ', arguments), deadline.Left);
            if (already is not null)
                throw new GoprocFailure("daemon add RPC failed: " + already);
            if (_registration.Json)
                ProcJson.WriteRegistered(context.Console.Out, id, child.Pid, already: false);
            else
                context.Print($"Started pid={child.Pid} registry id={id}");
            return 0;
        }
        catch (GoprocFailure)
        {
            child.Kill();
            throw;
        }
    }
}
