using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overseer.Recorder.Interop;

internal static partial class Interop
{
    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    internal static partial int Ftruncate(SafeFileHandle file, long length);
}
