using System.Buffers.Text;
using Microsoft.Win32.SafeHandles;

namespace Overseer.Recorder.Processes;

/// <summary>Reads files of /proc without exceptions for processes that have gone meanwhile.</summary>
internal static class ProcessFile
{
    /// <summary>Reads /proc/PID/stat; the kernel gives the whole line in one read.</summary>
    internal static int ReadStat(int pid, Span<byte> buffer) => Read(pid, "stat"u8, buffer, once: true);

    /// <summary>Reads /proc/PID/environ until the buffer is full or the file ends.</summary>
    internal static int ReadEnvironment(int pid, Span<byte> buffer) => Read(pid, "environ"u8, buffer, once: false);

    /// <summary>Reads /proc/PID/cmdline until the buffer is full or the file ends.</summary>
    internal static int ReadCommandLine(int pid, Span<byte> buffer) => Read(pid, "cmdline"u8, buffer, once: false);

    /// <summary>Reads /proc/PID/status until the buffer is full or the file ends.</summary>
    internal static int ReadStatus(int pid, Span<byte> buffer) => Read(pid, "status"u8, buffer, once: false);

    /// <summary>Reads from the file's start; -1 when it cannot be opened or read.</summary>
    /// <param name="path">UTF-8, ended by a NUL.</param>
    /// <param name="buffer">What is read.</param>
    /// <param name="once">One read is enough; otherwise until the buffer is full or the file ends.</param>
    internal static int Read(ReadOnlySpan<byte> path, Span<byte> buffer, bool once)
    {
        using SafeFileHandle file = Interop.Interop.OpenForReading(path);
        if (file.IsInvalid)
            return -1;
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
                return -1; // ESRCH: it ended between open and read; EPERM: not ours to look into
            }
            total += count;
            if (count == 0 || once)
                break;
        }
        return total;
    }

    private static int Read(int pid, ReadOnlySpan<byte> name, Span<byte> buffer, bool once)
    {
        Span<byte> path = stackalloc byte[64];
        "/proc/"u8.CopyTo(path);
        int length = 6;
        Utf8Formatter.TryFormat(pid, path[length..], out int digits);
        length += digits;
        path[length++] = (byte)'/';
        name.CopyTo(path[length..]);
        path[length + name.Length] = 0;
        return Read(path, buffer, once);
    }
}
