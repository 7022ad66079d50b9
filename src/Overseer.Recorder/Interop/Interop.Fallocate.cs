using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overseer.Recorder.Interop;

internal static partial class Interop
{
    /// <summary>FALLOC_FL_KEEP_SIZE: blocks are reserved, the file's size stays.</summary>
    internal const int KeepSize = 1;

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    internal static partial int Fallocate(SafeFileHandle file, int mode, long offset, long length);
}
