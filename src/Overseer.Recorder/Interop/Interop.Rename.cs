using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

internal static partial class Interop
{
    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Rename(string from, string to);
}
