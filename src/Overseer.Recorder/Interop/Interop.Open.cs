using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overseer.Recorder.Interop;

internal static partial class Interop
{
    /// <summary>Flags of open(2); Linux, the same on x86-64 and arm64.</summary>
    [Flags]
    internal enum OpenFlags
    {
        ReadOnly = 0,
        ReadWrite = 0x2,
        Create = 0x40,
        Exclusive = 0x80,
        CloseOnExec = 0x80000,
    }

    // Not File.OpenHandle: it takes a shared flock(2) on what it opens, which would fight with the writer's lock.
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial SafeFileHandle Open(string path, OpenFlags flags, uint mode);
}
