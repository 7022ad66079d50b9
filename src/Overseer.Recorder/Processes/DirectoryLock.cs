using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Processes;

/// <summary>A lock (flock(2)) on a directory itself: it leaves no file behind, and goes with the process.</summary>
internal sealed class DirectoryLock : IDisposable
{
    private const int PauseMilliseconds = 20;
    private readonly SafeFileHandle _directory;

    private DirectoryLock(SafeFileHandle directory) => _directory = directory;

    /// <summary>Takes the lock; null when another process has it for longer than <paramref name="patience"/>.</summary>
    /// <exception cref="Win32Exception">The directory cannot be opened.</exception>
    internal static unsafe DirectoryLock? Take(string directory, TimeSpan patience)
    {
        var handle = Libc.Open(directory, Libc.OpenFlags.ReadOnly | Libc.OpenFlags.CloseOnExec, 0);
        if (handle.IsInvalid)
        {
            var errno = Marshal.GetLastPInvokeError();
            handle.Dispose();
            throw new Win32Exception(errno);
        }

        for (var tries = patience.TotalMilliseconds / PauseMilliseconds; Libc.Flock(handle, Libc.LockExclusive | Libc.LockNonBlocking) != 0; tries--)
        {
            if (tries <= 0)
            {
                handle.Dispose();
                return null;
            }

            _ = Libc.Poll(null, 0, PauseMilliseconds);
        }

        return new DirectoryLock(handle);
    }

    public void Dispose() => _directory.Dispose();
}
