using System.Runtime.InteropServices;

namespace Overseer.Recorder;

internal static partial class Interop
{
    // pidfd_open(2); the number is the same on every architecture .NET runs on. By syscall(2), since C libraries before glibc 2.36 and musl have no wrapper.
    private const nint SysPidfdOpen = 434;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SyscallPidfdOpen(nint number, int pid, uint flags);

    /// <summary>Opens a descriptor (close-on-exec) of the process; -1 and errno when there is no such process.</summary>
    internal static int PidfdOpen(int pid) => (int)SyscallPidfdOpen(SysPidfdOpen, pid, 0);
}
