using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Processes;

/// <summary>
/// The right to be a file's only writer, for as long as it is open. Not flock(2), which .NET takes on whatever it opens: nobody who uses it could read the file then.
/// </summary>
internal static class WriteLock
{
    /// <summary>Takes it; 0, or the errno: <see cref="Errno.EAGAIN"/> when another process, or another handle of this one, has it.</summary>
    public static unsafe int TryTake(SafeFileHandle file)
    {
        var range = new FileLock { Type = Libc.F_WRLCK };
        return Libc.LockRange(file, Libc.F_OFD_SETLK, &range) == 0 ? 0 : Marshal.GetLastPInvokeError() is Errno.EACCES ? Errno.EAGAIN : Marshal.GetLastPInvokeError();
    }
}
