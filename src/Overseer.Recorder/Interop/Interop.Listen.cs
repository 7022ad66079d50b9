using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

internal static unsafe partial class Interop
{
    [LibraryImport("libc", EntryPoint = "listen", SetLastError = true)]
    internal static partial int Listen(int socket, int backlog);
}
