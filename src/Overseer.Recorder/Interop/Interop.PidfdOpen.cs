using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

internal static unsafe partial class Interop
{
    private const nint SYS_pidfd_open = 434;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint PidfdOpenCall(nint number, nint pid, nint flags);

    /// <summary>A descriptor that becomes readable when the process ends (Linux 5.3; the number is the same on every architecture). Always close-on-exec.</summary>
    internal static int PidfdOpen(int pid) => (int)PidfdOpenCall(SYS_pidfd_open, pid, 0);
}
