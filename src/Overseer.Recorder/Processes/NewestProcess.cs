using System.Buffers.Text;

namespace Overseer.Recorder.Processes;

/// <summary>The number that the kernel gave out last (in this pid namespace): the last field of /proc/loadavg.</summary>
internal static class NewestProcess
{
    /// <summary>0 when it cannot be told.</summary>
    internal static int Pid()
    {
        Span<byte> buffer = stackalloc byte[128];
        ReadOnlySpan<byte> line = buffer[..Math.Max(ProcessFile.Read("/proc/loadavg\0"u8, buffer, once: true), 0)];
        line = line.TrimEnd((byte)'\n');
        return Utf8Parser.TryParse(line[(line.LastIndexOf((byte)' ') + 1)..], out int pid, out _) ? pid : 0;
    }
}
