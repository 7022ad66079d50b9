using System.Runtime.InteropServices;

namespace Overseer.Bench;

internal static partial class Interop
{
    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static unsafe partial nint Write(int file, byte* buffer, nuint count);

    /// <summary>Writes everything, with as few calls as the kernel allows.</summary>
    internal static unsafe void WriteAll(int file, ReadOnlySpan<byte> data)
    {
        fixed (byte* start = data)
        {
            for (var done = 0; done < data.Length;)
            {
                var written = (int)Write(file, start + done, (nuint)(data.Length - done));
                if (written >= 0)
                    done += written;
                else if (Marshal.GetLastPInvokeError() != InterruptedCall)
                    throw LastError("write");
            }
        }
    }
}
