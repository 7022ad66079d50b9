using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

internal static unsafe partial class Interop
{
    internal const int SOL_SOCKET = 1;
    internal const int SO_PEERCRED = 17;

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    private static partial int GetSocketOption(int socket, int level, int option, void* value, uint* length);

    /// <summary>Who is at the other end of a UNIX socket, as the kernel noted it when the connection was made; pid 0 and user -1 when it does not say.</summary>
    internal static (int Pid, int User) PeerUser(int socket)
    {
        int* credentials = stackalloc int[3];
        uint length = 12;
        return GetSocketOption(socket, SOL_SOCKET, SO_PEERCRED, credentials, &length) == 0 && length == 12 ? (credentials[0], credentials[1]) : (0, -1);
    }
}
