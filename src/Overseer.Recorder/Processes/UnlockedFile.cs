using Microsoft.Win32.SafeHandles;
using static Overseer.Recorder.Interop.Interop;

namespace Overseer.Recorder.Processes;

/// <summary>Reads files that somebody holds a lock on. <see cref="File.OpenHandle"/> takes a shared flock(2), and fails where another process has an exclusive one.</summary>
internal static class UnlockedFile
{
    /// <summary>Opens a file for reading; the handle is invalid when that fails.</summary>
    public static SafeFileHandle Open(string path) => Interop.Interop.Open(path, OpenFlags.ReadOnly | OpenFlags.CloseOnExec, 0);
}
