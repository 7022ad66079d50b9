using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overseer.Bench;

internal static partial class Interop
{
    internal const uint SpliceMove = 1;

    [LibraryImport("libc", EntryPoint = "splice", SetLastError = true)]
    internal static unsafe partial nint Splice(SafeFileHandle from, long* fromOffset, SafeFileHandle to, long* toOffset, nuint count, uint flags);
}
