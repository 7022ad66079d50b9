using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

internal static partial class Interop
{
    /// <summary>rmdir(2). Directory.Delete would first look for entries, and a cgroup always has some.</summary>
    [LibraryImport("libc", EntryPoint = "rmdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int RemoveDirectory(string path);
}
