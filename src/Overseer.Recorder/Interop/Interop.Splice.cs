using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overseer.Recorder.Interop;

internal static unsafe partial class Interop
{
    internal const uint SpliceMove = 0x1;
    internal const uint SpliceNonBlock = 0x2;

    /// <summary>splice(2) from a pipe into a file at <paramref name="fileOffset"/>, which the kernel moves on.</summary>
    [LibraryImport("libc", EntryPoint = "splice", SetLastError = true)]
    internal static partial nint Splice(int pipe, long* pipeOffset, SafeFileHandle file, long* fileOffset, nuint count, uint flags);
}
