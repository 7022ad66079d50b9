using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overseer.Bench;

internal static partial class Interop
{
    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static unsafe partial nint Read(SafeFileHandle file, byte* buffer, nuint count);

    internal static unsafe int Read(SafeFileHandle file, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                var read = (int)Read(file, start, (nuint)buffer.Length);
                if (read >= 0)
                    return read;
                if (Marshal.GetLastPInvokeError() != InterruptedCall)
                    throw LastError("read");
            }
        }
    }
}
