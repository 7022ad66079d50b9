using System.Runtime.InteropServices;

namespace Overseer.Chaos;

internal static unsafe partial class Interop
{
    internal const int AnyChild = 0;
    internal const int ChildByPid = 1;
    internal const int NoHang = 1;
    internal const int Exited = 4;
    internal const int NoWait = 0x01000000;

    /// <summary>Bytes of a siginfo_t; its si_pid is the fifth int.</summary>
    internal const int SignalInfoSize = 128;

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    internal static partial int WaitId(int idType, int id, byte* info, int options);
}
