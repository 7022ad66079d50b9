using Overseer.Cli.Goproc.Flags;
using Overseer.Protocols.Goproc;

namespace Overseer.Cli.Goproc.Commands;

/// <summary><c>list</c>.</summary>
internal sealed class ListCommand : GoprocCommand
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    private readonly Selectors _selectors = new();
    private readonly SwitchFlag _wide = new("wide", "print a table, with what the processes use") { Short = 'w' };
    private readonly SwitchFlag _json = new("json", "print a JSON array");

    internal override string Name => "list";

    internal override string Arguments => "[flags]";

    internal override string Summary => "List registered processes";

    internal override IReadOnlyList<Flag> Flags => [.. _selectors.Common, .. _selectors.Search, .. _selectors.Further, _wide, _json];

    internal override int Run(IReadOnlyList<string> arguments, GoprocContext context)
    {
        ListRequest request = _selectors.Request();
        request.WithUse = _wide.Value;
        using GoprocSession session = context.Open();
        IReadOnlyList<Proc> procs = session.List(request, Timeout);
        if (_wide.Value && !_json.Value)
            ProcTable.Of(procs, context.Console.Clock.GetUtcNow()).WriteTo(context.Console);
        else
            Listing.Print(procs, _json.Value, "No processes registered", context);
        return 0;
    }
}
