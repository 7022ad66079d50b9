using System.Diagnostics;

namespace Overseer.Recorder.Processes;

// SIGKILL to a tree that may be growing while it is killed.
//
// Each process is killed at the moment it is seen, not after the look: a chain in which every process forks the next one and exits would otherwise always be
// one step ahead. For the same reason one look that finds nothing proves nothing when processes vanished under it; then several in a row are asked for.
internal sealed class TreeKill(ProcessIdentity root, Guid runId, Reapers reapers)
{
    private const int SigKill = 9;
    private const int LongestWaitMilliseconds = 50;
    private const int CleanLooksAfterVanished = 3;

    private readonly HashSet<ProcessIdentity> _signalled = [];
    private readonly HashSet<ProcessIdentity> _refused = [];

    internal SignalReport Run(TimeSpan patience)
    {
        long begin = Stopwatch.GetTimestamp();
        int cleanLooks = 0;
        var dying = new List<ProcessHandle>();
        while (true)
        {
            bool vanished = Look(dying);
            try
            {
                if (dying.Count > 0)
                    cleanLooks = 0;
                else if (++cleanLooks >= (vanished ? CleanLooksAfterVanished : 1))
                    return Report([]);

                TimeSpan left = patience - Stopwatch.GetElapsedTime(begin);
                if (left <= TimeSpan.Zero)
                    return Report(dying);
                if (dying.Count > 0)
                    ProcessHandle.WaitForExit(dying, (int)Math.Min(Math.Ceiling(left.TotalMilliseconds), LongestWaitMilliseconds));
            }
            finally
            {
                foreach (ProcessHandle handle in dying)
                    handle.Dispose();
                dying.Clear();
            }
        }
    }

    private SignalReport Report(List<ProcessHandle> alive)
        => new(_signalled.Count, [.. _refused.Concat(alive.Where(handle => !handle.HasExited).Select(handle => handle.Identity)).Select(one => one.Pid)]);

    /// <summary>One pass over /proc: kills what it finds and collects it in <paramref name="dying"/>; tells whether a listed process was gone when read.</summary>
    private bool Look(List<ProcessHandle> dying)
    {
        bool vanished = false;
        var membership = new RunMembership(root, runId, reapers);
        foreach (int pid in ProcessList.Pids())
        {
            if (!ProcessStat.TryRead(pid, out ProcessStat process))
                vanished = true;
            else if (membership.Admits(process))
                vanished |= !Kill(process.Identity, dying);
        }
        foreach (ProcessStat process in membership.TakeLate())
            vanished |= !Kill(process.Identity, dying);
        return vanished;
    }

    private bool Kill(ProcessIdentity process, List<ProcessHandle> dying)
    {
        if (_refused.Contains(process))
            return true;
        ProcessHandle? handle = ProcessHandle.Open(process);
        if (handle is null)
            return false;
        if (handle.HasExited)
        {
            handle.Dispose();
            return true;
        }
        if (handle.TrySend(SigKill))
        {
            _signalled.Add(process);
            dying.Add(handle);
        }
        else
        {
            _refused.Add(process);
            handle.Dispose();
        }
        return true;
    }
}
