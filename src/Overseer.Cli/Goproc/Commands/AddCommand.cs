using System.Globalization;
using Overseer.Cli.Goproc.Flags;
using Overseer.Cli.Goproc.Text;
using Overseer.Core.Tasks;

namespace Overseer.Cli.Goproc.Commands;

/// <summary><c>add</c>: registers a process that runs.</summary>
internal sealed class AddCommand : GoprocCommand
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private readonly Registration _registration = new();

    internal override string Name => "add";

    internal override string Arguments => "<pid> [flags]";

    internal override string Summary => "Register a running process";

    internal override IReadOnlyList<Flag> Flags => _registration.Flags;

    internal override string? Refuse(int arguments) => Exactly(1, arguments);

    internal override int Run(IReadOnlyList<string> arguments, GoprocContext context)
    {
        int pid = Pid(arguments[0]);
        using GoprocSession session = context.Open();
        (ulong id, string? already) = _registration.Register(session, pid, "", Timeout);
        if (_registration.Json)
            ProcJson.WriteRegistered(context.Console.Out, already is null ? id : KnownId(already), pid, already is not null);
        else
            context.Print(already ?? $"Process {pid} registered with id {id}");
        return 0;
    }

    // "pid 30316 already registered as id 2"
    private static ulong KnownId(string already) => ulong.TryParse(already.AsSpan(already.LastIndexOf(' ') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ulong id) ? id : 0;

    private static int Pid(string text)
    {
        long pid;
        try
        {
            pid = GoNumber.Atoi(text);
        }
        catch (FormatException)
        {
            throw new GoprocFailure($"invalid pid {GoQuote.Text(text)}");
        }
        if (pid <= 0)
            throw new GoprocFailure($"invalid pid {pid}");
        return pid <= int.MaxValue ? (int)pid : throw new GoprocFailure($"invalid pid {GoQuote.Text(text)}");
    }
}
