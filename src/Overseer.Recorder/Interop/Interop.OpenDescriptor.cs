using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

internal static unsafe partial class Interop
{
    /// <summary>open(2) of a NUL-terminated path, for descriptors that are closed at once; no handle is allocated.</summary>
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    internal static partial int OpenDescriptor(byte* path, int flags, uint mode);
}
