using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

internal static unsafe partial class Interop
{
    /// <summary>How the process ended; filled only when it has been waited for (Linux 6.15).</summary>
    internal const ulong PIDFD_INFO_EXIT = 1 << 3;

    // _IOWR(0xFF, 11, struct pidfd_info) with the size of its first form; the same on x86-64 and arm64.
    private const nuint PIDFD_GET_INFO = 0xC040FF0B;

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(int descriptor, nuint request, ProcessInfo* info);

    internal static int PidfdGetInfo(int pidfd, ProcessInfo* info) => Ioctl(pidfd, PIDFD_GET_INFO, info);
}
