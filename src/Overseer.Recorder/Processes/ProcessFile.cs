using System.Buffers.Text;
using Microsoft.Win32.SafeHandles;

namespace Overseer.Recorder.Processes;

/// <summary>Reads files below /proc/PID without exceptions for processes that have gone meanwhile.</summary>
internal static class ProcessFile
{
    /// <summary>Reads from the file's start until the buffer is full or the file ends; 0 when it cannot be opened or read.</summary>
    internal static int Read(int pid, ReadOnlySpan<byte> name, Span<byte> buffer)
    {
        Span<byte> path = stackalloc byte[64];
        "/proc/"u8.CopyTo(path);
        int length = 6;
        Utf8Formatter.TryFormat(pid, path[length..], out int digits);
        length += digits;
        path[length++] = (byte)'/';
        name.CopyTo(path[length..]);
        path[length + name.Length] = 0;

        using SafeFileHandle file = Interop.Interop.OpenForReading(path);
        if (file.IsInvalid)
            return 0;
        int total = 0;
        while (total < buffer.Length)
        {
            int count;
            try
            {
                count = RandomAccess.Read(file, buffer[total..], total);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                return 0; // ESRCH: it ended between open and read; EPERM: not ours to look into
            }
            if (count == 0)
                break;
            total += count;
            if (name.SequenceEqual("stat"u8))
                break; // the kernel gives the whole line in one read; a second one would only cost
        }
        return total;
    }
}
