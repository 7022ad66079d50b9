using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

internal static unsafe partial class Interop
{
    internal const nuint FIONREAD = 0x541B;

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(int descriptor, nuint request, int* value);

    /// <summary>How many bytes are in a pipe or socket at this moment; 0 when the kernel does not say.</summary>
    internal static int BytesReadable(int descriptor)
    {
        int count = 0;
        return Ioctl(descriptor, FIONREAD, &count) == 0 ? count : 0;
    }
}
