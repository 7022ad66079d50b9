using System.Runtime.InteropServices;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Wire;

namespace Overseer.Recorder.Takeover;

/// <summary>
/// How a process ended that is not a child of this one: the kernel keeps it with the pidfd, once the process has been waited for by its parent (Linux 6.15, <c>PIDFD_GET_INFO</c> with
/// <c>PIDFD_INFO_EXIT</c>). It does not keep how much processor time and memory was used.
/// </summary>
public static unsafe class ExitInfo
{
    /// <summary>False: it has not ended, nobody has waited for it yet, or the kernel does not tell.</summary>
    /// <param name="pidfd">The process; opened before it ended.</param>
    /// <param name="status">How it ended.</param>
    public static bool TryGet(SafeHandle pidfd, out ExitStatus status)
    {
        bool referenced = false;
        try
        {
            pidfd.DangerousAddRef(ref referenced);
            return TryGet((int)pidfd.DangerousGetHandle(), out status);
        }
        finally
        {
            if (referenced)
                pidfd.DangerousRelease();
        }
    }

    internal static bool TryGet(int pidfd, out ExitStatus status)
    {
        var info = new ProcessInfo { Mask = Libc.PIDFD_INFO_EXIT };
        status = ExitStatus.Unknown;
        if (Libc.PidfdGetInfo(pidfd, &info) != 0 || (info.Mask & Libc.PIDFD_INFO_EXIT) == 0)
            return false;
        int signal = info.ExitCode & 0x7F;
        status = signal == 0 ? new ExitStatus((info.ExitCode >> 8) & 0xFF, 0) : new ExitStatus(-1, signal);
        return true;
    }
}
