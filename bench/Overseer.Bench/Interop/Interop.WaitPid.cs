using System.Runtime.InteropServices;

namespace Overseer.Bench;

internal static partial class Interop
{
    internal const int NoHang = 1;

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    internal static partial int WaitPid(int pid, out int status, int options);
}
