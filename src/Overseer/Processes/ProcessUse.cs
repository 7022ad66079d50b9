namespace Overseer.Processes;

/// <summary>What a process, or several together, use.</summary>
/// <param name="CpuPercent">Share of one processor, in percent, since the look before; over the whole life where that is not known.</param>
/// <param name="CpuSeconds">User and system time until now.</param>
/// <param name="ResidentBytes">Memory that is in memory; what several share is counted for each.</param>
/// <param name="Threads">Threads.</param>
internal readonly record struct ProcessUse(double CpuPercent, double CpuSeconds, long ResidentBytes, int Threads)
{
    /// <summary>Both together.</summary>
    public static ProcessUse operator +(ProcessUse one, ProcessUse other) => new(
        one.CpuPercent + other.CpuPercent, one.CpuSeconds + other.CpuSeconds, one.ResidentBytes + other.ResidentBytes, one.Threads + other.Threads);
}
