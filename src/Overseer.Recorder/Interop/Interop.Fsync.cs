using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

internal static partial class Interop
{
    /// <summary>Waits until what was written, or which names a directory has, is on the disk.</summary>
    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    internal static partial int Fsync(SafeHandle descriptor);
}
