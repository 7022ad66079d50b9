using System.Diagnostics;
using Overseer.Recorder.Processes;

namespace Overseer.Recorder.Tests.Processes;

/// <summary>A shell script that runs like a task: first process of its own session, marked with a run id, everything killed at the end of the test.</summary>
internal sealed class SampleRun : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private SampleRun(Process process, Guid runId)
    {
        _process = process;
        RunId = runId;
        if (!ProcessStat.TryRead(process.Id, out ProcessStat stat))
            throw new InvalidOperationException("the sample ended before it could be looked at");
        Root = stat.Identity;
        process.StandardInput.WriteLine("go");
        process.StandardInput.Close();
    }

    internal Guid RunId { get; }

    internal ProcessIdentity Root { get; }

    internal static SampleRun Start(string script, params IEnumerable<string> arguments)
    {
        var runId = Guid.NewGuid();
        // setsid(1) executes in place, as it does not lead a group here: the pid is the script's.
        var start = new ProcessStartInfo("setsid", ["sh", "-c", "read -r go; " + script, "sample", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment["OVERSEER_RUN_ID"] = runId.ToString("N");
        return new SampleRun(Process.Start(start)!, runId);
    }

    /// <summary>Reads the next line that the script prints.</summary>
    internal async Task<string> NextLine()
        => await _process.StandardOutput.ReadLineAsync().WaitAsync(Deadline) ?? throw new InvalidOperationException("the sample ended");

    internal async Task<int> NextPid() => int.Parse(await NextLine());

    internal async Task Ended() => await _process.WaitForExitAsync().WaitAsync(Deadline);

    internal SignalReport Signal(int signal) => ProcessTree.Signal(Root.Pid, Root.StartTime, signal, RunId);

    internal IReadOnlyList<ProcessIdentity> Find() => ProcessTree.Find(Root.Pid, Root.StartTime, RunId);

    internal static bool IsAlive(int pid) => ProcessStat.TryRead(pid, out ProcessStat stat) && stat.State is not ('Z' or 'X');

    public void Dispose()
    {
        Signal(9);
        _process.Dispose();
    }
}
