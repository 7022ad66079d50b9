using System.Globalization;
using Overseer.Cli.Console;
using Overseer.Cli.Goproc.Flags;
using Overseer.Configuration;
using Overseer.Core.Tasks;
using Overseer.Goproc;
using Overseer.Hosting;
using Overseer.Recorder.Processes;

namespace Overseer.Cli.Goproc.Commands;

/// <summary><c>daemon</c>: serves the registry in the foreground until SIGINT or SIGTERM.</summary>
internal sealed class DaemonCommand : GoprocCommand
{
    private const string Started = "Started demon process"; // to the letter
    private const int SIGTERM = 15;
    private const int PatienceMilliseconds = 3000;
    private const int LastPatienceMilliseconds = 2000;

    private readonly SwitchFlag _force = new("force", "stop the daemon that runs, and take its place") { Short = 'f' };

    internal override string Name => "daemon";

    internal override string Arguments => "[flags]";

    internal override string Summary => "Run the daemon in the foreground";

    internal override IReadOnlyList<Flag> Flags => [_force];

    internal override int Run(IReadOnlyList<string> arguments, GoprocContext context)
    {
        try
        {
            GoprocOptions options = GoprocSettings.Load(context.ConfigPath, context.Console.Variable, context.Log) with { Socket = context.Places.Socket };
            if (!MayStart(context))
                return 0;
            return context.Program == GoprocProgram.OwnName ? Alone(options, context) : Within(options, context);
        }
        catch (StartupException failure)
        {
            throw new GoprocFailure(failure.Message);
        }
    }

    /// <summary>Nothing but the registry, in a place of its own.</summary>
    private static int Alone(GoprocOptions options, GoprocContext context)
    {
        using Spinner? spinner = context.Console.OutIsTerminal ? new Spinner(context.Console) : null;
        GoprocDaemon.RunAsync(context.Places, options, () =>
        {
            context.Print(Started);
            spinner?.Start();
        }).GetAwaiter().GetResult();
        return 0;
    }

    /// <summary>A server as <c>overseer serve</c> starts one, with the socket beside what it listens on.</summary>
    private static int Within(GoprocOptions options, GoprocContext context)
        => ServeCommand.RunAsync(new ServeOptions { Out = System.Console.Out, Error = context.Console.Error, Goproc = options, Ready = Started }, CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>Whether nobody is in the way, or not any more.</summary>
    private bool MayStart(GoprocContext context)
    {
        int peer;
        using (GoprocSession? session = GoprocSession.TryOpen(context))
        {
            if (session is null)
                return true;
            peer = session.Peer;
        }
        int? pid = ReadPid(context);
        if (!_force.Value)
        {
            if (pid is not null)
                context.Print($"Daemon is already running (pid {pid}). Stop it manually or re-run with --force.");
            return false;
        }
        context.Print("Stopping existing daemon process...");
        if (pid is null)
            throw new GoprocFailure($"daemon is running but PID file {GoQuote.Text(context.Places.PidFile)} is missing; stop it manually");
        if (peer != 0 && peer != pid)
            throw new GoprocFailure($"PID file {GoQuote.Text(context.Places.PidFile)} names process {pid}, but the daemon is process {peer}; stop it manually");
        Stop(pid.Value);
        return true;
    }

    private int? ReadPid(GoprocContext context)
    {
        string problem;
        if (!File.Exists(context.Places.PidFile))
        {
            problem = $"open {context.Places.PidFile}: no such file or directory";
        }
        else
        {
            using Microsoft.Win32.SafeHandles.SafeFileHandle file = UnlockedFile.Open(context.Places.PidFile);
            Span<byte> bytes = stackalloc byte[32];
            string text = file.IsInvalid ? "" : System.Text.Encoding.ASCII.GetString(bytes[..RandomAccess.Read(file, bytes, 0)]).Trim();
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && pid > 0)
                return pid;
            problem = $"strconv.Atoi: parsing {GoQuote.Text(text)}: invalid syntax";
        }
        if (!_force.Value)
            context.Print("Error checking if daemon is running: " + problem);
        return null;
    }

    /// <summary>SIGTERM, and SIGKILL when that does not help.</summary>
    private static void Stop(int pid)
    {
        if (!Recorder.Processes.ProcessStat.TryRead(pid, out Recorder.Processes.ProcessStat stat) || ProcessHandle.Open(new ProcessIdentity(pid, stat.StartTime)) is not { } process)
            return; // it has just ended
        using (process)
        {
            if (!process.TrySend(SIGTERM))
                throw new GoprocFailure($"stop daemon (pid {pid}): operation not permitted");
            ProcessHandle.WaitForExit([process], PatienceMilliseconds);
            if (process.HasExited)
                return;
            _ = process.TrySend(Recorder.Interop.Interop.SIGKILL);
            ProcessHandle.WaitForExit([process], LastPatienceMilliseconds);
            if (!process.HasExited)
                throw new GoprocFailure($"daemon (pid {pid}) does not end; stop it manually");
        }
    }
}
