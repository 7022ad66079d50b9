using System.Buffers.Text;
using System.Text;

namespace Overseer.Recorder.Processes;

/// <summary>The fields of /proc/PID/stat that say where a process belongs.</summary>
internal readonly record struct ProcessStat(int Pid, int Parent, int Group, int Session, char State, long StartTime)
{
    private const int MaxStatBytes = 1024;

    internal ProcessIdentity Identity => new(Pid, StartTime);

    /// <summary>Reads the process's line with one open and one read; false when there is no such process (any more).</summary>
    internal static bool TryRead(int pid, out ProcessStat stat)
    {
        Span<byte> buffer = stackalloc byte[MaxStatBytes];
        int length = ProcessFile.Read(pid, "stat"u8, buffer);
        return TryParse(buffer[..length], out stat);
    }

    /// <summary>Parses `pid (name) state ppid pgrp session … starttime …`; the name may hold spaces and parentheses, so fields count from the last one.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> line, out ProcessStat stat)
    {
        stat = default;
        int afterName = line.LastIndexOf((byte)')');
        if (afterName < 0 || !Utf8Parser.TryParse(line, out int pid, out _))
            return false;
        // After the name: field 3 (state), 4 ppid, 5 pgrp, 6 session, … 22 starttime.
        ReadOnlySpan<byte> rest = line[(afterName + 1)..].TrimStart((byte)' ');
        long parent = 0, group = 0, session = 0, startTime = 0;
        char state = '?';
        int field = 3;
        foreach (Range range in rest.Split((byte)' '))
        {
            ReadOnlySpan<byte> text = rest[range];
            bool good = field switch
            {
                3 => text.Length == 1 && (state = (char)text[0]) != 0,
                4 => Utf8Parser.TryParse(text, out parent, out _),
                5 => Utf8Parser.TryParse(text, out group, out _),
                6 => Utf8Parser.TryParse(text, out session, out _),
                22 => Utf8Parser.TryParse(text, out startTime, out _),
                _ => true,
            };
            if (!good)
                return false;
            if (field++ == 22)
            {
                stat = new ProcessStat(pid, (int)parent, (int)group, (int)session, state, startTime);
                return true;
            }
        }
        return false;
    }

    public override string ToString() => new StringBuilder().Append(Pid).Append('@').Append(StartTime).Append(' ').Append(State).ToString();
}
