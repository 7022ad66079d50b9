using System.Buffers.Text;

namespace Overseer.Recorder.Processes;

/// <summary>The fields of /proc/PID/stat that say where a process belongs.</summary>
internal readonly record struct ProcessStat(int Pid, int Parent, int Group, int Session, char State, long StartTime)
{
    private const int MaxStatBytes = 1024;
    private const long KernelThread = 0x00200000; // PF_KTHREAD

    internal ProcessIdentity Identity => new(Pid, StartTime);

    /// <summary>Reads the process's line with one open and one read; false when there is no such process (any more).</summary>
    internal static bool TryRead(int pid, out ProcessStat stat)
    {
        Span<byte> buffer = stackalloc byte[MaxStatBytes];
        int length = ProcessFile.ReadStat(pid, buffer);
        return TryParse(buffer[..Math.Max(length, 0)], out stat);
    }

    /// <summary>
    /// Whether the process is inside execve(2), where its environment is empty for a moment: fields 9 (flags, to leave kernel threads out) and 51 (where
    /// the environment ends) of its line.
    /// </summary>
    internal static bool IsBetweenPrograms(int pid)
    {
        Span<byte> buffer = stackalloc byte[MaxStatBytes];
        ReadOnlySpan<byte> line = buffer[..Math.Max(ProcessFile.ReadStat(pid, buffer), 0)];
        return TryField(line, 3, out ReadOnlySpan<byte> state) && state is not [(byte)'Z' or (byte)'X']
            && TryField(line, 9, out ReadOnlySpan<byte> text) && Utf8Parser.TryParse(text, out long flags, out _) && (flags & KernelThread) == 0
            && TryField(line, 51, out ReadOnlySpan<byte> environmentEnd) && environmentEnd is [(byte)'0'];
    }

    /// <summary>Parses `pid (name) state ppid pgrp session … starttime …`; the name may hold spaces and parentheses, so fields count from the last one.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> line, out ProcessStat stat)
    {
        stat = default;
        if (!Utf8Parser.TryParse(line, out int pid, out _)
            || !TryField(line, 3, out ReadOnlySpan<byte> state) || state.Length != 1
            || !TryNumber(line, 4, out long parent) || !TryNumber(line, 5, out long group) || !TryNumber(line, 6, out long session)
            || !TryNumber(line, 22, out long startTime))
        {
            return false;
        }
        stat = new ProcessStat(pid, (int)parent, (int)group, (int)session, (char)state[0], startTime);
        return true;
    }

    /// <summary>A number by its field in proc(5), from the third on.</summary>
    internal static bool TryNumber(ReadOnlySpan<byte> line, int field, out long number)
    {
        number = 0;
        return TryField(line, field, out ReadOnlySpan<byte> text) && Utf8Parser.TryParse(text, out number, out _);
    }

    /// <summary>A field by its number in proc(5), from the third (state) on; the number counts from the name's last parenthesis.</summary>
    private static bool TryField(ReadOnlySpan<byte> line, int field, out ReadOnlySpan<byte> text)
    {
        text = default;
        int afterName = line.LastIndexOf((byte)')');
        if (afterName < 0)
            return false;
        text = line[(afterName + 1)..].Trim(" \n"u8);
        for (int i = 3; i < field; i++)
        {
            int space = text.IndexOf((byte)' ');
            if (space < 0)
                return false;
            text = text[(space + 1)..];
        }
        int end = text.IndexOf((byte)' ');
        if (end >= 0)
            text = text[..end];
        return !text.IsEmpty;
    }
}
