using System.Runtime.InteropServices;
using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Loop;

/// <summary>
/// The recorder adopts what its children leave behind, so that a stop finds it, and reaps it when it ends. Nothing announces an adopted process, and SIGCHLD cannot be had without a
/// signal handler in the runtime; so a look is taken a moment after each exit and once a second while there is anybody. A zombie is looked at first and reaped by its pid: the
/// exits of runs are never taken away from those who wait for them.
/// </summary>
internal sealed unsafe class OrphanReaper(RecorderState state)
{
    private const long SoonNs = 50_000_000;
    private const long UsuallyNs = 1_000_000_000;
    private const int AtOnce = 256;

    private long _dueNs;
    private int _seenAlive;
    private bool _children;

    /// <summary>Milliseconds until the next look; -1 when there is nobody to look for.</summary>
    internal int Timeout(long nowNs)
    {
        if (_dueNs == 0)
        {
            if (!_children && state.Runs.Alive == 0)
                return -1;
            _dueNs = nowNs + UsuallyNs;
        }
        return (int)Math.Clamp(((_dueNs - nowNs) / 1_000_000) + 1, 0, 1000);
    }

    internal void Look(long nowNs)
    {
        int alive = state.Runs.Alive;
        if (alive < _seenAlive)
            _dueNs = Math.Min(_dueNs == 0 ? long.MaxValue : _dueNs, nowNs + SoonNs);
        _seenAlive = alive;
        if (_dueNs == 0 || nowNs < _dueNs)
            return;
        _dueNs = 0;
        _children = Reap();
    }

    /// <summary>Takes one look; whether there are children left.</summary>
    private bool Reap()
    {
        for (int i = 0; i < AtOnce; i++)
        {
            SignalInfo info;
            info.Pid = 0;
            if (Libc.WaitId(Libc.P_ALL, 0, &info, Libc.WEXITED | Libc.WNOHANG | Libc.WNOWAIT, null) != 0)
                return false;
            if (info.Pid == 0)
                return true;
            if (state.Runs.TryGetByPid(info.Pid, out var run))
                state.Exits.Ended(run!);
            else if (Libc.WaitId(Libc.P_PID, info.Pid, &info, Libc.WEXITED | Libc.WNOHANG, null) != 0)
                state.Log($"cannot reap the orphan {info.Pid}: {Errno.Describe(Marshal.GetLastPInvokeError())}");
        }
        return true;
    }
}
