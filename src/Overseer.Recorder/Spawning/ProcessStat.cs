using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Spawning;

/// <summary>Field 22 of <c>/proc/PID/stat</c> (proc(5)): when the process started, in clock ticks since boot. With the pid it names a process for as long as the machine runs.</summary>
internal static unsafe class ProcessStat
{
    private const int FieldsAfterName = 20;

    /// <summary>0 when there is no such process. Allocates nothing.</summary>
    internal static long StartTime(int pid)
    {
        Span<byte> path = stackalloc byte[32];
        "/proc/"u8.CopyTo(path);
        System.Buffers.Text.Utf8Formatter.TryFormat(pid, path[6..], out int digits);
        "/stat\0"u8.CopyTo(path[(6 + digits)..]);
        Span<byte> text = stackalloc byte[1024];
        int length;
        fixed (byte* p = path)
        fixed (byte* t = text)
        {
            int descriptor = Libc.OpenDescriptor(p, Libc.O_RDONLY | Libc.O_CLOEXEC, 0);
            if (descriptor < 0)
                return 0;
            length = (int)Libc.Read(descriptor, t, (nuint)text.Length);
            Libc.Close(descriptor);
        }
        return length <= 0 ? 0 : Parse(text[..length]);
    }

    /// <summary>The name may hold spaces and brackets, so fields are counted from its last bracket.</summary>
    internal static long Parse(ReadOnlySpan<byte> text)
    {
        int name = text.LastIndexOf((byte)')');
        if (name < 0)
            return 0;
        text = text[(name + 1)..];
        for (int i = 0; i < FieldsAfterName; i++)
        {
            int space = text.IndexOf((byte)' ');
            if (space < 0)
                return 0;
            text = text[(space + 1)..];
        }
        return System.Buffers.Text.Utf8Parser.TryParse(text, out long value, out _) ? value : 0;
    }
}
