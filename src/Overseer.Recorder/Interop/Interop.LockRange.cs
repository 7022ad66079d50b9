using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overseer.Recorder.Interop;

internal static unsafe partial class Interop
{
    internal const int F_OFD_SETLK = 37;
    internal const short F_WRLCK = 1;

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    internal static partial int LockRange(SafeFileHandle file, int command, FileLock* range);
}
