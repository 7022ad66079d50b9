using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

internal static unsafe partial class Interop
{
    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    internal static partial nint Write(int descriptor, void* buffer, nuint count);

    /// <summary>How many bytes were written, or the errno with a minus sign.</summary>
    internal static int Write(int descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* at = bytes)
        {
            int written = (int)Write(descriptor, at, (nuint)bytes.Length);
            return written >= 0 ? written : -Marshal.GetLastPInvokeError();
        }
    }
}
