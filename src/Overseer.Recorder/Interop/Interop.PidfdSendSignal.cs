using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

internal static partial class Interop
{
    // pidfd_send_signal(2); the number is the same on every architecture .NET runs on.
    private const nint SysPidfdSendSignal = 424;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SyscallPidfdSendSignal(nint number, SafeHandle pidfd, int signal, nint info, uint flags);

    /// <summary>To the whole process group whose number the process has (Linux 6.9); ESRCH when there is none.</summary>
    internal const uint PIDFD_SIGNAL_PROCESS_GROUP = 1 << 2;

    /// <summary>Sends a signal to the process behind the descriptor; -1 and errno when it is gone (ESRCH) or not ours to signal (EPERM).</summary>
    internal static int PidfdSendSignal(SafeHandle pidfd, int signal) => (int)SyscallPidfdSendSignal(SysPidfdSendSignal, pidfd, signal, 0, 0);

    /// <summary>The same, to whom the flags say.</summary>
    internal static int PidfdSendSignal(SafeHandle pidfd, int signal, uint flags) => (int)SyscallPidfdSendSignal(SysPidfdSendSignal, pidfd, signal, 0, flags);
}
