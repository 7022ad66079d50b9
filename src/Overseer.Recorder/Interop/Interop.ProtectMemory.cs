using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

internal static unsafe partial class Interop
{
    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    internal static partial int ProtectMemory(nint address, nuint length, int protection);
}
