using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

internal static unsafe partial class Interop
{
    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    internal static partial int Accept(int socket, void* address, int* length, int flags);

    /// <summary>Accepts without asking for the name of who connects.</summary>
    internal static int AcceptUnnamed(int socket) => Accept(socket, null, null, SOCK_CLOEXEC);
}
