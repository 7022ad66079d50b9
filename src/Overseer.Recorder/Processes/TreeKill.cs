using System.Diagnostics;

namespace Overseer.Recorder.Processes;

// SIGKILL to a tree that may be growing while it is killed.
//
// Each process is killed at the moment it is seen, not after the look: a chain in which every process forks the next one and exits would otherwise always be
// one step ahead. When one vanished before it could be killed, its successor is chased among the newest numbers, which takes some 30 µs instead of a look's
// milliseconds. A look proves that nothing is left only when nothing was alive when it began; and one under which processes vanished proves little: then
// several in a row are asked for.
internal sealed class TreeKill(ProcessIdentity root, Guid runId, Reapers reapers, IReadOnlyList<ProcessIdentity> also)
{
    private const int SigKill = 9;
    private const int LongestWaitMilliseconds = 50;
    private const int CleanLooksAfterVanished = 3;
    private const int ChaseSteps = 100;
    private const int ChaseWidth = 8;

    private readonly HashSet<ProcessIdentity> _signalled = [];
    private readonly HashSet<ProcessIdentity> _refused = [];

    // Killed and not gone yet. They are kept over the looks, since what ties them to the run may be gone before they are.
    private readonly Dictionary<ProcessIdentity, ProcessHandle> _dying = [];

    private bool _lostSessionProven;

    internal SignalReport Run(TimeSpan patience)
    {
        long begin = Stopwatch.GetTimestamp();
        int cleanLooks = 0;
        try
        {
            foreach (ProcessIdentity process in also)
                Kill(process);
            while (true)
            {
                bool wasClean = _dying.Count == 0;
                bool vanished = Look();
                if (!wasClean || _dying.Count > 0)
                    cleanLooks = 0;
                else if (++cleanLooks >= (vanished ? CleanLooksAfterVanished : 1))
                    return Report();

                TimeSpan left = patience - Stopwatch.GetElapsedTime(begin);
                if (left <= TimeSpan.Zero)
                    return Report();
                if (_dying.Count > 0)
                    ProcessHandle.WaitForExit([.. _dying.Values], (int)Math.Min(Math.Ceiling(left.TotalMilliseconds), LongestWaitMilliseconds));
                ForgetTheDead();
            }
        }
        finally
        {
            foreach (ProcessHandle handle in _dying.Values)
                handle.Dispose();
        }
    }

    private SignalReport Report() => new(_signalled.Count, [.. _refused.Concat(_dying.Keys).Select(process => process.Pid)]);

    private void ForgetTheDead()
    {
        foreach ((ProcessIdentity process, ProcessHandle handle) in _dying)
        {
            if (!handle.HasExited)
                continue;
            _dying.Remove(process);
            handle.Dispose();
        }
    }

    /// <summary>One pass over /proc: kills what it finds; tells whether a listed process was gone when read.</summary>
    private bool Look()
    {
        bool vanished = false;
        var membership = new RunMembership(root, runId, reapers, _lostSessionProven);
        foreach (int pid in ProcessList.Pids())
        {
            if (!ProcessStat.TryRead(pid, out ProcessStat process))
                vanished = true;
            else if (membership.Admits(process))
                vanished |= !Kill(process.Identity);
        }
        foreach (ProcessStat process in membership.TakeLate())
            vanished |= !Kill(process.Identity);
        if (vanished)
            Chase(membership);
        _lostSessionProven = membership.LostSessionProven;
        return vanished;
    }

    private void Chase(RunMembership membership)
    {
        int previous = 0;
        for (int step = 0; step < ChaseSteps; step++)
        {
            int newest = NewestProcess.Pid();
            for (int pid = newest; pid > Math.Max(previous, newest - ChaseWidth); pid--)
            {
                if (ProcessStat.TryRead(pid, out ProcessStat process) && membership.Admits(process))
                    Kill(process.Identity);
            }
            previous = newest;
        }
    }

    private bool Kill(ProcessIdentity process)
    {
        if (_refused.Contains(process) || _dying.ContainsKey(process))
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
            _dying.Add(process, handle);
        }
        else
        {
            _refused.Add(process);
            handle.Dispose();
        }
        return true;
    }
}
