using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overseer.Recorder.Interop;

internal static partial class Interop
{
    // O_RDONLY | O_CLOEXEC; O_CLOEXEC is 0x80000 on x86-64 and arm64.
    private const int ReadOnlyCloseOnExec = 0x80000;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    private static unsafe partial SafeFileHandle OpenPath(byte* path, int flags);

    /// <summary>
    /// open(2) for reading; an invalid handle and errno on failure. Without the exception that File.OpenHandle throws: files of /proc vanish all the time.
    /// </summary>
    /// <param name="path">UTF-8, ended by a NUL.</param>
    internal static unsafe SafeFileHandle OpenForReading(ReadOnlySpan<byte> path)
    {
        fixed (byte* start = path)
        {
            return OpenPath(start, ReadOnlyCloseOnExec);
        }
    }
}
