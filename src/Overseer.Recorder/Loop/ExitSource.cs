using System.Runtime.InteropServices;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Takeover;
using Overseer.Recorder.Wire;

namespace Overseer.Recorder.Loop;

/// <summary>
/// Where the exit status of a process comes from. A child of this process has been waited for or can be. One that was adopted from a recorder that died is somebody else's child: its status comes from
/// the server, which may have become its parent, or from the kernel, which tells it to whoever holds a pidfd once the parent has waited.
/// </summary>
internal static unsafe class ExitSource
{
    /// <summary>How long the status of an adopted process is waited for; then it counts as unknown.</summary>
    internal const long PatienceNs = 10_000_000_000;

    /// <summary>The same when there is no process left to ask: only the server can have waited for it, a moment ago.</summary>
    internal const long PatienceWithoutProcessNs = 3_000_000_000;

    /// <summary>Asks all of them, the best one first.</summary>
    /// <returns>Null: not known yet, ask again.</returns>
    internal static ExitStatus? Look(Run run, long nowNs)
    {
        bool ours = false;
        if (run.Process is { } process && TryWait(run, process.Descriptor, out ours, out var waited))
            return waited;
        if (ours && (!run.Adopted || run.AwaitsStatus(nowNs)))
            return null;
        if (run.GivenExit is { } given)
            return given;
        if (run.Process is not null && ExitInfo.TryGet(run.Process.Descriptor, out var told))
            return told;
        return run.AwaitsStatus(nowNs) ? null : ExitStatus.Unknown;
    }

    /// <param name="ours">It is a child of this process: its status will be had here and nowhere else.</param>
    private static bool TryWait(Run run, int pidfd, out bool ours, out ExitStatus status)
    {
        SignalInfo info;
        ResourceUsage usage;
        info.Pid = 0;
        // The number of an adopted process may be that of one of our own children by now.
        int failed = run.Adopted
            ? Libc.WaitId(Libc.P_PIDFD, pidfd, &info, Libc.WEXITED | Libc.WNOHANG, &usage)
            : Libc.WaitId(Libc.P_PID, run.Pid, &info, Libc.WEXITED | Libc.WNOHANG, &usage);
        ours = failed == 0 || Marshal.GetLastPInvokeError() == Errno.EINTR;
        status = default;
        if (failed != 0 || info.Pid == 0)
            return false;
        status = WaitedFor.Status(in info, in usage);
        return true;
    }
}
