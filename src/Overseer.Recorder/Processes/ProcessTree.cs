namespace Overseer.Recorder.Processes;

/// <summary>
/// Everything that belongs to a run: its first process, that one's session and process group, all descendants (also those that left the group), and orphans
/// that carry OVERSEER_RUN_ID of the run. Processes are known by number and start time and signalled through pidfds, so a reused number is never hit; this
/// process, the recorder and pid 1 never are.
/// </summary>
/// <remarks>
/// Thread-safe, no state. Each look costs one pass over /proc (about 10 µs a process of the machine). The calls block: SIGKILL until everything is gone, at
/// most for the patience given; call them where that does no harm.
/// </remarks>
public static class ProcessTree
{
    private const int SigHup = 1;
    private const int SigInt = 2;
    private const int SigQuit = 3;
    private const int SigKill = 9;
    private const int SigTerm = 15;
    private const int SigCont = 18;

    /// <summary>How long SIGKILL is repeated before the rest is reported as remaining: 2 s.</summary>
    public static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(2);

    /// <summary>Sends a signal to the whole tree.</summary>
    /// <remarks>
    /// Other signals than SIGKILL go once to every process that was there when the look was taken. The ones that ask to end (SIGTERM, SIGINT, SIGHUP,
    /// SIGQUIT) are followed by SIGCONT, since a stopped process could not act on them. SIGKILL is repeated, with a new look each time, until nothing is left.
    /// </remarks>
    /// <param name="rootPid">The run's first process; it may have ended.</param>
    /// <param name="rootStartTime">Its field 22 of /proc/PID/stat.</param>
    /// <param name="signal">A signal number of this machine.</param>
    /// <param name="runId">The run, for orphans; Guid.Empty for processes that were not started by a recorder.</param>
    /// <param name="recorderPid">The recorder, when it is another process than this one; 0 otherwise.</param>
    /// <param name="patience">For SIGKILL; <see cref="DefaultPatience"/> when not given.</param>
    public static SignalReport Signal(int rootPid, long rootStartTime, int signal, Guid runId, int recorderPid = 0, TimeSpan? patience = null)
    {
        return Signal(rootPid, rootStartTime, signal, runId, recorderPid, patience, []);
    }

    /// <inheritdoc cref="Signal(int, long, int, Guid, int, TimeSpan?)"/>
    /// <param name="also">Processes that are known to belong to the run whether the look finds a tie or not. Each process gets the signal once.</param>
    /// <param name="snapshot">A look that was taken for this and other runs; not used for SIGKILL.</param>
    internal static SignalReport Signal(
        int rootPid, long rootStartTime, int signal, Guid runId, int recorderPid, TimeSpan? patience, IReadOnlyList<ProcessIdentity> also, ProcessSnapshot? snapshot = null)
    {
        var root = new ProcessIdentity(rootPid, rootStartTime);
        var reapers = new Reapers(recorderPid);
        IReadOnlyList<ProcessIdentity> others = [.. also.Where(process => process.Pid > 1 && !reapers.AreOurselves(process.Pid))];
        return signal == SigKill
            ? new TreeKill(root, runId, reapers, others).Run(patience ?? DefaultPatience)
            : SignalOnce(root, signal, runId, reapers, others, snapshot);
    }

    /// <summary>SIGKILL once to everybody whom the look finds: a beginning, as the tree may have grown since.</summary>
    internal static void Strike(int rootPid, long rootStartTime, Guid runId, int recorderPid, ProcessSnapshot snapshot) =>
        SignalOnce(new ProcessIdentity(rootPid, rootStartTime), SigKill, runId, new Reapers(recorderPid), [], snapshot);

    /// <summary>The tree as one look finds it, whether its processes have exited or not.</summary>
    internal static IReadOnlyList<ProcessIdentity> Look(int rootPid, long rootStartTime, Guid runId, int recorderPid) =>
        [.. Scan(new ProcessIdentity(rootPid, rootStartTime), runId, new Reapers(recorderPid)).Select(process => process.Identity)];

    /// <summary>Whether a process of that number and start time is there; a zombie is.</summary>
    public static bool IsAlive(int pid, long startTime) => ProcessStat.TryRead(pid, out var stat) && stat.StartTime == startTime;

    /// <summary>The tree's processes that have not exited, without signalling any.</summary>
    /// <inheritdoc cref="Signal(int, long, int, Guid, int, TimeSpan?)"/>
    public static IReadOnlyList<ProcessIdentity> Find(int rootPid, long rootStartTime, Guid runId, int recorderPid = 0) => Find(rootPid, rootStartTime, runId, recorderPid, snapshot: null);

    /// <inheritdoc cref="Find(int, long, Guid, int)"/>
    internal static IReadOnlyList<ProcessIdentity> Find(int rootPid, long rootStartTime, Guid runId, int recorderPid, ProcessSnapshot? snapshot)
    {
        var found = new List<ProcessIdentity>();
        foreach (ProcessStat process in Scan(new ProcessIdentity(rootPid, rootStartTime), runId, new Reapers(recorderPid), snapshot))
        {
            using ProcessHandle? handle = ProcessHandle.Open(process.Identity);
            if (handle is { HasExited: false })
                found.Add(process.Identity);
        }
        return found;
    }

    private static SignalReport SignalOnce(ProcessIdentity root, int signal, Guid runId, Reapers reapers, IReadOnlyList<ProcessIdentity> also, ProcessSnapshot? snapshot)
    {
        // First the whole look, then the signals: a handler that starts a process to clean up must not see that one killed.
        int signalled = 0;
        var remaining = new List<int>();
        foreach (ProcessIdentity process in Scan(root, runId, reapers, snapshot).Select(process => process.Identity).Union(also))
        {
            using ProcessHandle? handle = ProcessHandle.Open(process);
            if (handle is null || handle.HasExited)
                continue;
            if (!handle.TrySend(signal))
            {
                remaining.Add(process.Pid);
                continue;
            }
            signalled++;
            if (signal is SigHup or SigInt or SigQuit or SigTerm)
                handle.TrySend(SigCont);
        }
        return new SignalReport(signalled, remaining);
    }

    private static List<ProcessStat> Scan(ProcessIdentity root, Guid runId, Reapers reapers, ProcessSnapshot? snapshot = null)
    {
        var found = new List<ProcessStat>();
        if (snapshot is not null)
        {
            var shared = new RunMembership(root, runId, reapers, snapshot: snapshot);
            found.AddRange(snapshot.Processes.Where(process => shared.Admits(process)));
            found.AddRange(shared.TakeLate());
            return found;
        }

        var membership = new RunMembership(root, runId, reapers);
        foreach (int pid in ProcessList.Pids())
        {
            if (ProcessStat.TryRead(pid, out ProcessStat process) && membership.Admits(process))
                found.Add(process);
        }
        found.AddRange(membership.TakeLate());
        return found;
    }
}
