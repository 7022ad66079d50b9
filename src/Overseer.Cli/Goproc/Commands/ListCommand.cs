using Overseer.Cli.Goproc.Flags;
using Overseer.Protocols.Goproc;

namespace Overseer.Cli.Goproc.Commands;

/// <summary><c>list</c>.</summary>
internal sealed class ListCommand : GoprocCommand
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    private readonly Selectors _selectors = new();
    private readonly SwitchFlag _json = new("json", "print a JSON array");

    internal override string Name => "list";

    internal override string Arguments => "[flags]";

    internal override string Summary => "List registered processes";

    internal override IReadOnlyList<Flag> Flags => [.. _selectors.Common, .. _selectors.Search, .. _selectors.Further, _json];

    internal override int Run(IReadOnlyList<string> arguments, GoprocContext context)
    {
        ListRequest request = _selectors.Request();
        using GoprocSession session = context.Open();
        Listing.Print(session.List(request, Timeout), _json.Value, "No processes registered", context);
        return 0;
    }
}
