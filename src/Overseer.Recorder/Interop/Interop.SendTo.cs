using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

internal static unsafe partial class Interop
{
    internal const int SOCK_DGRAM = 2;

    /// <summary>sendto(2); the address is a sockaddr of that many bytes.</summary>
    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    internal static partial nint SendTo(int socket, byte* data, nuint length, int flags, void* address, uint addressLength);
}
