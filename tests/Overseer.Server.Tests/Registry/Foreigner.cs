using System.Diagnostics;
using System.Globalization;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Processes;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Registry;

/// <summary>
/// A shell in a session of its own that starts processes: none of them is a child of a server, nor of this process. The script prints a line for each pid; it and all it started end with this.
/// </summary>
internal sealed class Foreigner : IAsyncDisposable
{
    /// <summary>SIGTERM.</summary>
    public const int Term = 15;

    /// <summary>SIGKILL.</summary>
    public const int Kill = 9;

    private readonly Process _shell;
    private readonly List<int> _pids = [];

    private Foreigner(Process shell) => _shell = shell;

    /// <summary>The shell itself.</summary>
    public int Shell => _shell.Id;

    /// <summary>What it printed.</summary>
    public IReadOnlyList<int> Pids => _pids;

    /// <summary>The only pid it printed.</summary>
    public int Pid => Assert.Single(_pids);

    /// <summary>A process that sleeps, and whose parent waits for it.</summary>
    public static Task<Foreigner> SleeperAsync() => StartAsync("sleep 1000 & echo $!; wait");

    /// <summary>Starts a script that prints so many pids.</summary>
    public static Task<Foreigner> StartAsync(string script, int pids = 1) => StartAsync(pids, "setsid", "sh", "-c", script);

    /// <summary>Starts a program that prints so many pids.</summary>
    public static async Task<Foreigner> StartAsync(int pids, params string[] line)
    {
        var start = new ProcessStartInfo(line[0], line[1..]) { RedirectStandardOutput = true, RedirectStandardInput = true, UseShellExecute = false };
        var foreigner = new Foreigner(Process.Start(start)!);
        while (foreigner._pids.Count < pids)
        {
            var printed = await foreigner._shell.StandardOutput.ReadLineAsync().WaitAsync(WireClient.Deadline);
            foreigner._pids.Add(int.Parse(Assert.IsType<string>(printed), CultureInfo.InvariantCulture));
        }

        return foreigner;
    }

    /// <summary>Sends a signal to a process; one that is gone is none the worse for it.</summary>
    public static void Signal(int signal, int pid) => _ = Interop.Kill(pid, signal);

    /// <summary>Whether a process lives; zombies do not.</summary>
    public static bool Lives(int pid) => ProcessStat.TryRead(pid, out var stat) && stat.State is not ('Z' or 'X');

    /// <summary>Waits until a process is dead.</summary>
    public static async Task DeadAsync(int pid)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        while (Lives(pid))
        {
            Assert.False(deadline.IsCancellationRequested, $"pid {pid} still lives");
            await Task.Delay(10);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // All of the session: whoever is left would keep the output of the tests open.
        for (var left = Session(); left.Count > 0; left = Session())
        {
            left.ForEach(pid => Signal(Kill, pid));
            await Task.Delay(5);
        }

        await _shell.WaitForExitAsync().WaitAsync(WireClient.Deadline);
        _shell.Dispose();
    }

    private List<int> Session() => [.. ProcessList.Pids().Where(pid => _pids.Contains(pid) || (ProcessStat.TryRead(pid, out var stat) && stat.Session == _shell.Id)).Append(_shell.Id).Where(Lives)];
}
