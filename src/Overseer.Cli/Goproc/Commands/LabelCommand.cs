using Overseer.Cli.Goproc.Flags;
using Overseer.Cli.Goproc.Text;
using Overseer.Core.Tasks;
using Overseer.Protocols.Goproc;
using Overseer.Protocols.Grpc;

namespace Overseer.Cli.Goproc.Commands;

/// <summary><c>tag</c> and <c>group</c>: lists who has a label, and renames it first where that is asked for.</summary>
/// <param name="kind">What it is called: tag or group.</param>
internal sealed class LabelCommand(string kind) : GoprocCommand
{
    private readonly TextFlag _rename = new("rename", $"new name of the {kind}");
    private readonly SecondsFlag _timeout = new("timeout", 3, "time for the daemon, in seconds");
    private readonly SwitchFlag _json = new("json", "print a JSON array");

    internal override string Name => kind;

    internal override string Arguments => "<name> [flags]";

    internal override string Summary => $"List the processes with a {kind}, or rename it";

    internal override IReadOnlyList<Flag> Flags => [_rename, _timeout, _json];

    internal override string? Refuse(int arguments) => Exactly(1, arguments);

    internal override int Run(IReadOnlyList<string> arguments, GoprocContext context)
    {
        var deadline = new Deadline(_timeout.Value, context.Console.Clock);
        string label = arguments[0].Trim();
        if (label.Length == 0)
            throw new GoprocFailure(kind + " must not be empty");
        using GoprocSession session = context.Open();
        if (_rename.Value.Trim() is { Length: > 0 } to)
        {
            uint updated = Rename(session, label, to, deadline);
            if (!_json.Value)
                context.Print($"Renamed {kind} {GoQuote.Text(label)} -> {GoQuote.Text(to)} on {updated} process(es)");
            label = to;
        }
        var request = new ListRequest();
        (kind == "tag" ? request.TagsAny : request.GroupsAny).Add(label);
        Listing.Print(session.List(request, deadline.Left), _json.Value, $"No processes found with {kind} {GoQuote.Text(label)}", context);
        return 0;
    }

    private uint Rename(GoprocSession session, string from, string to, Deadline deadline)
    {
        try
        {
            return session.Call(kind == "tag" ? "RenameTag" : "RenameGroup", new RenameRequest { From = from, To = to }, RenameResponse.Parser, deadline.Left).Updated;
        }
        catch (GrpcException failure)
        {
            throw new GoprocFailure($"rename {kind} RPC failed: {failure.Message}");
        }
    }
}
