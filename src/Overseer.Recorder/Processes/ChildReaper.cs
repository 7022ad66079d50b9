using System.Globalization;
using System.Runtime.InteropServices;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Spawning;

namespace Overseer.Recorder.Processes;

/// <summary>
/// Makes this process inherit what its descendants leave behind (a recorder that died leaves its runs), and waits for those that end. Each is looked at first and reaped by its number; nobody else's
/// children are waited for when their owner has said so (<see cref="Leave"/>). Thread-safe.
/// </summary>
public sealed unsafe class ChildReaper
{
    private readonly Lock _gate = new();
    private readonly HashSet<int> _left = [];

    /// <summary>From now on orphans among the descendants of this process become its children (prctl(2), PR_SET_CHILD_SUBREAPER).</summary>
    public ChildReaper()
    {
        ChildSignals.RestoreIfIgnored();
        _ = Libc.ProcessControl(Libc.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    }

    /// <summary>Somebody else in this process waits for that child.</summary>
    public void Leave(int pid)
    {
        lock (_gate)
            _left.Add(pid);
    }

    /// <summary>Nobody else waits for that number any more.</summary>
    public void Unleave(int pid)
    {
        lock (_gate)
            _left.Remove(pid);
    }

    /// <summary>Waits for every child that has ended. Does not block. To be called on SIGCHLD and, since signals merge, every few seconds.</summary>
    /// <param name="reaped">Told of each, just before it is waited for; must not throw.</param>
    /// <returns>How many.</returns>
    public int Reap(Action<ReapedChild> reaped)
    {
        lock (_gate)
        {
            int count = 0;
            while (true)
            {
                SignalInfo info;
                info.Pid = 0;
                if (Libc.WaitId(Libc.P_ALL, 0, &info, Libc.WEXITED | Libc.WNOHANG | Libc.WNOWAIT, null) != 0)
                {
                    if (Marshal.GetLastPInvokeError() == Errno.EINTR)
                        continue;
                    return count; // no children at all
                }
                if (info.Pid == 0)
                    return count;
                // The kernel shows the same one again and again, so one that is left hides those behind it.
                if (_left.Contains(info.Pid))
                    return count + ReapEach(reaped);
                if (TryReap(info.Pid, reaped))
                    count++;
            }
        }
    }

    /// <summary>
    /// Waits for that child alone, if it has ended. It is told of before it is waited for: once it has been, the kernel tells whoever else holds its pidfd, with less to say than there is here.
    /// </summary>
    internal static bool TryReap(int pid, Action<ReapedChild> reaped)
    {
        SignalInfo info;
        ResourceUsage usage;
        info.Pid = 0;
        if (Libc.WaitId(Libc.P_PID, pid, &info, Libc.WEXITED | Libc.WNOHANG | Libc.WNOWAIT, &usage) != 0 || info.Pid == 0)
            return false;
        // A zombie keeps its line in /proc until it is waited for.
        long startTime = ProcessStat.TryRead(pid, out var stat) ? stat.StartTime : 0;
        reaped(new ReapedChild(pid, startTime, WaitedFor.Status(in info, in usage) with { TimeNs = Libc.ClockGetTime(Libc.CLOCK_REALTIME) }));
        return Libc.WaitId(Libc.P_PID, pid, &info, Libc.WEXITED | Libc.WNOHANG, null) == 0;
    }

    private int ReapEach(Action<ReapedChild> reaped)
    {
        int count = 0;
        foreach (int pid in Children())
        {
            if (!_left.Contains(pid) && TryReap(pid, reaped))
                count++;
        }
        return count;
    }

    private static List<int> Children()
    {
        var children = new List<int>();
        foreach (int pid in ProcessList.Pids())
        {
            if (ProcessStat.TryRead(pid, out var stat) && stat.Parent == Environment.ProcessId && stat.State is 'Z' or 'X')
                children.Add(pid);
        }
        return children;
    }
}
