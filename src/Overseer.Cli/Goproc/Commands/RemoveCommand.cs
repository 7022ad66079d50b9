using Overseer.Cli.Goproc.Flags;
using Overseer.Protocols.Goproc;
using Overseer.Protocols.Grpc;

namespace Overseer.Cli.Goproc.Commands;

/// <summary><c>rm</c>: forgets entries; their processes are not touched.</summary>
internal sealed class RemoveCommand : GoprocCommand
{
    private readonly Selectors _selectors = new();
    private readonly SwitchFlag _all = new("all", "remove all that match");
    private readonly SecondsFlag _timeout = new("timeout", 3, "time for the daemon, in seconds");
    private readonly SwitchFlag _json = new("json", "print a JSON array of what was removed");

    internal override string Name => "rm";

    internal override string Arguments => "[flags]";

    internal override string Summary => "Remove processes from the registry";

    internal override IReadOnlyList<Flag> Flags => [.. _selectors.Common, .. _selectors.Search, _all, _timeout, _json];

    internal override int Run(IReadOnlyList<string> arguments, GoprocContext context)
    {
        var deadline = new Deadline(_timeout.Value, context.Console.Clock);
        ListRequest request = _selectors.Request();
        if (!Selectors.Selects(request) && !_all.Value)
            throw new GoprocFailure("provide at least one selector (--id/--pid/--tag/--group/--name/--search)");
        using GoprocSession session = context.Open();
        IReadOnlyList<Proc> found = session.List(request, deadline.Left);
        if (found.Count > 1 && !_all.Value)
            throw new GoprocFailure($"multiple processes match filters (ids: {Selectors.Ids(found)}). Use --all to delete all or narrow the selection");
        foreach (Proc proc in found)
            Remove(session, proc, deadline);
        if (_json.Value)
            ProcJson.WriteArray(context.Console.Out, found.Select(proc => (proc, (string?)"removed")));
        else if (found.Count == 0)
            context.Print("No matching processes registered");
        else
            context.Print(string.Join('\n', found.Select(ProcText.Removed)));
        return 0;
    }

    /// <summary>Removes one.</summary>
    /// <exception cref="GoprocFailure">It was not removed.</exception>
    internal static void Remove(GoprocSession session, Proc proc, Deadline deadline)
    {
        try
        {
            session.Call("Rm", new RmRequest { Id = proc.Id }, RmResponse.Parser, deadline.Left);
        }
        catch (GrpcException failure)
        {
            throw new GoprocFailure($"remove id {proc.Id} failed: {failure.Message}");
        }
    }
}
