using Overseer.Cli.Goproc.Flags;

namespace Overseer.Cli.Goproc.Commands;

/// <summary><c>ping</c>: the daemon has answered by the time it is known that it runs.</summary>
internal sealed class PingCommand : GoprocCommand
{
    private readonly SecondsFlag _timeout = new("timeout", 2, "time to wait for the answer, in seconds") { Short = 't' };

    internal override string Name => "ping";

    internal override string Arguments => "[flags]";

    internal override string Summary => "Check that the daemon answers";

    internal override IReadOnlyList<Flag> Flags => [_timeout];

    internal override int Run(IReadOnlyList<string> arguments, GoprocContext context)
    {
        _ = _timeout.Value;
        using GoprocSession session = context.Open();
        context.Print("pong");
        return 0;
    }
}
