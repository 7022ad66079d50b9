using Overseer.Cli.Goproc.Flags;
using Overseer.Protocols.Goproc;
using Overseer.Protocols.Grpc;

namespace Overseer.Cli.Goproc.Commands;

/// <summary><c>kill</c>: ends processes and forgets them.</summary>
internal sealed class KillCommand : GoprocCommand
{
    private readonly Selectors _selectors = new();
    private readonly SwitchFlag _all = new("all", "kill all that match");
    private readonly SecondsFlag _timeout = new("timeout", 5, "time for the daemon, in seconds");
    private readonly SwitchFlag _json = new("json", "print a JSON array with the outcome of each");

    internal override string Name => "kill";

    internal override string Arguments => "[flags]";

    internal override string Summary => "Kill processes and remove them from the registry";

    internal override IReadOnlyList<Flag> Flags => [.. _selectors.Common, _all, _timeout, _json];

    internal override int Run(IReadOnlyList<string> arguments, GoprocContext context)
    {
        var deadline = new Deadline(_timeout.Value, context.Console.Clock);
        ListRequest request = _selectors.Request();
        using GoprocSession session = context.Open();
        if (!Selectors.Selects(request) && !_all.Value)
            throw new GoprocFailure("provide at least one selector (--id/--pid/--tag/--group/--name) or pass --all");
        IReadOnlyList<Proc> found = session.List(request, deadline.Left);
        Proc[] alive = [.. found.Where(proc => proc.Alive)];
        if (alive.Length > 1 && !_all.Value)
            throw new GoprocFailure($"multiple alive processes match filters (ids: {Selectors.Ids(alive)}). Use --all to terminate all or narrow the selection");
        if (alive.Length == 0)
        {
            Nothing(found.Count, context);
            return 0;
        }
        (string Line, bool Done)[] outcomes = [.. alive.Select(proc => Kill(session, proc, deadline))];
        if (_json.Value)
            ProcJson.WriteArray(context.Console.Out, alive.Zip(outcomes, (proc, outcome) => (proc, (string?)outcome.Line)));
        else
            context.Print(string.Join('\n', outcomes.Select(outcome => outcome.Line)));
        int done = outcomes.Count(outcome => outcome.Done);
        return done == alive.Length ? 0
            : done > 0 ? throw new GoprocFailure($"partially successful: killed {done}/{alive.Length} processes")
            : throw new GoprocFailure("no processes were killed (see output above)");
    }

    private void Nothing(int found, GoprocContext context)
    {
        if (_json.Value)
            ProcJson.WriteArray(context.Console.Out, []);
        else
            context.Print(found == 0 ? "No processes match the provided selectors" : "Matching processes exist but none are currently alive");
    }

    private static (string Line, bool Done) Kill(GoprocSession session, Proc proc, Deadline deadline)
    {
        try
        {
            session.Call("Kill", new KillRequest { Id = proc.Id }, KillResponse.Parser, deadline.Left);
        }
        catch (GrpcException failure)
        {
            return ($"Failed to kill {ProcText.Head(proc)}: kill RPC failed: {failure.Message}", false);
        }
        try
        {
            RemoveCommand.Remove(session, proc, deadline);
            return ($"Killed and removed {ProcText.Head(proc)}", true);
        }
        catch (GoprocFailure failure)
        {
            return ($"Killed {ProcText.Head(proc)} but failed to remove from registry: {failure.Message}", false);
        }
    }
}
