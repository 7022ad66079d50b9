using Overseer.Cli.Goproc.Flags;
using Overseer.Protocols.Goproc;
using Overseer.Protocols.Grpc;

namespace Overseer.Cli.Goproc.Commands;

/// <summary><c>reset</c>: forgets everything.</summary>
internal sealed class ResetCommand : GoprocCommand
{
    private const string Word = "RESET";

    private readonly TextFlag _confirm = new("confirm", $"write {Word} to confirm");
    private readonly SecondsFlag _timeout = new("timeout", 5, "time for the daemon, in seconds");

    internal override string Name => "reset";

    internal override string Arguments => "[flags]";

    internal override string Summary => "Forget every process and begin with id 1 again";

    internal override IReadOnlyList<Flag> Flags => [_confirm, _timeout];

    internal override int Run(IReadOnlyList<string> arguments, GoprocContext context)
    {
        TimeSpan timeout = _timeout.Value;
        if (_confirm.Value.Trim() != Word)
            throw new GoprocFailure("destructive command: confirmation required");
        using GoprocSession session = context.Open();
        try
        {
            session.Call("Reset", new ResetRequest(), ResetResponse.Parser, timeout);
        }
        catch (GrpcException failure)
        {
            throw new GoprocFailure("reset RPC failed: " + failure.Message);
        }
        context.Print("Registry cleared and IDs reset");
        return 0;
    }
}
