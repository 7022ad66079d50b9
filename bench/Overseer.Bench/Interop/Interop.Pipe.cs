using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overseer.Bench;

internal static partial class Interop
{
    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static unsafe partial int Pipe2(int* ends, int flags);

    /// <summary>A pipe whose ends no child inherits.</summary>
    internal static unsafe (SafeFileHandle Read, SafeFileHandle Write) Pipe()
    {
        var ends = stackalloc int[2];
        return Pipe2(ends, CloseOnExec) == 0
            ? (new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true))
            : throw LastError("pipe2");
    }
}
