namespace Overseer.Recorder.Processes;

/// <summary>What /proc/PID/stat says of a process: where it belongs, and what it uses; proc(5).</summary>
/// <param name="Stat">Where it belongs.</param>
/// <param name="CpuTicks">User and system time of the process without its children, in hundredths of a second.</param>
/// <param name="Threads">Its threads.</param>
/// <param name="ResidentPages">Its pages that are in memory.</param>
internal readonly record struct ProcessUsage(ProcessStat Stat, long CpuTicks, int Threads, long ResidentPages)
{
    /// <summary>USER_HZ: what the kernel tells times in, 100 on every architecture that .NET runs on.</summary>
    internal const int TicksPerSecond = 100;

    private const int MaxStatBytes = 1024;

    internal ProcessIdentity Identity => Stat.Identity;

    /// <summary>Reads it; false when there is no such process (any more).</summary>
    internal static bool TryRead(int pid, out ProcessUsage usage)
    {
        Span<byte> buffer = stackalloc byte[MaxStatBytes];
        return TryParse(buffer[..Math.Max(ProcessFile.ReadStat(pid, buffer), 0)], out usage);
    }

    /// <summary>Parses the line of /proc/PID/stat.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> line, out ProcessUsage usage)
    {
        usage = default;
        if (!ProcessStat.TryParse(line, out ProcessStat stat)
            || !ProcessStat.TryNumber(line, 14, out long user) || !ProcessStat.TryNumber(line, 15, out long system)
            || !ProcessStat.TryNumber(line, 20, out long threads) || !ProcessStat.TryNumber(line, 24, out long resident))
        {
            return false;
        }
        usage = new ProcessUsage(stat, user + system, (int)threads, resident);
        return true;
    }
}
