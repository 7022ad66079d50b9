using System.Diagnostics;
using Overseer.Recorder.Processes;

namespace Overseer.Recorder.Cgroups;

// A signal to everybody who belongs to a run, by its group and by its tree. Neither is enough: whoever may write to groups can leave the group, and a daemon
// that cut every tie (session, parent, environment) is no longer in the tree. Only one who did both escapes.
internal static class RunSignal
{
    private const int SigKill = 9;

    /// <summary>As <see cref="ProcessTree.Signal(int, long, int, Guid, int, TimeSpan?)"/>, with the group of the run if it has one. Blocks as that does.</summary>
    internal static SignalReport Send(
        RunCgroup? group, int rootPid, long rootStartTime, int signal, Guid runId, int recorderPid, TimeSpan? patience = null, ProcessSnapshot? snapshot = null)
    {
        if (group is null)
            return ProcessTree.Signal(rootPid, rootStartTime, signal, runId, recorderPid, patience, [], snapshot);
        return signal == SigKill
            ? Kill(group, rootPid, rootStartTime, runId, recorderPid, patience ?? ProcessTree.DefaultPatience)
            : ProcessTree.Signal(rootPid, rootStartTime, signal, runId, recorderPid, patience, group.Processes(), snapshot);
    }

    /// <summary>SIGKILL to everybody in the group and to whom the look finds, without waiting for what becomes of it.</summary>
    internal static void Strike(RunCgroup group, int rootPid, long rootStartTime, Guid runId, int recorderPid, ProcessSnapshot snapshot)
    {
        ProcessTree.Strike(rootPid, rootStartTime, runId, recorderPid, snapshot);
        _ = group.Kill();
    }

    /// <summary>Whether nothing of the run is left, neither in its group nor in its tree.</summary>
    internal static bool IsGone(RunCgroup? group, int rootPid, long rootStartTime, Guid runId, int recorderPid, ProcessSnapshot? snapshot = null) =>
        group is not { IsEmpty: false } && ProcessTree.Find(rootPid, rootStartTime, runId, recorderPid, snapshot).Count == 0;

    private static SignalReport Kill(RunCgroup group, int rootPid, long rootStartTime, Guid runId, int recorderPid, TimeSpan patience)
    {
        long begin = Stopwatch.GetTimestamp();

        // The tree first: once the group is dead, those who left it are orphans and may have lost their last tie.
        var known = ProcessTree.Look(rootPid, rootStartTime, runId, recorderPid).Union(group.Processes()).ToList();
        _ = group.Kill();
        var report = ProcessTree.Signal(rootPid, rootStartTime, SigKill, runId, recorderPid, patience, known);
        TimeSpan left = patience - Stopwatch.GetElapsedTime(begin);
        return group.WaitUntilEmpty(left > TimeSpan.Zero ? left : TimeSpan.Zero)
            ? report
            : report with { Remaining = [.. report.Remaining.Union(group.Processes().Select(process => process.Pid))] };
    }
}
