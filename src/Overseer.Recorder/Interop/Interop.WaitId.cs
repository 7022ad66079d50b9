using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

internal static unsafe partial class Interop
{
    internal const int P_ALL = 0;
    internal const int P_PID = 1;

    /// <summary>By pidfd (Linux 5.4).</summary>
    internal const int P_PIDFD = 3;

    internal const int WNOHANG = 1;
    internal const int WEXITED = 4;
    internal const int WNOWAIT = 0x01000000;

    private static readonly nint SYS_waitid = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 247 : 95;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint WaitIdCall(nint number, nint idType, nint id, SignalInfo* info, nint options, ResourceUsage* usage);

    /// <summary>The system call itself: the C library's <c>waitid</c> has no place for the resource usage.</summary>
    internal static int WaitId(int idType, int id, SignalInfo* info, int options, ResourceUsage* usage) =>
        (int)WaitIdCall(SYS_waitid, idType, id, info, options, usage);
}
