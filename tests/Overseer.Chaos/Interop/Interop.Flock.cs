using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overseer.Chaos;

internal static partial class Interop
{
    internal const int LockExclusive = 2;
    internal const int LockNonBlocking = 4;
    internal const int LockRelease = 8;

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    internal static partial int Flock(SafeFileHandle file, int operation);
}
