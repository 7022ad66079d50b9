using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

internal static unsafe partial class Interop
{
    internal const int SHUT_RDWR = 2;

    [LibraryImport("libc", EntryPoint = "shutdown", SetLastError = true)]
    internal static partial int ShutdownSocket(int socket, int how);
}
