using System.Globalization;
using Overseer.Recorder.Processes;

namespace Overseer.Metrics;

/// <summary>What <c>/proc/PID</c> says of a process, proc(5).</summary>
/// <param name="CpuSeconds">User and system time.</param>
/// <param name="ResidentBytes">Memory that is in memory.</param>
/// <param name="VirtualBytes">Address space.</param>
/// <param name="Threads">Threads.</param>
/// <param name="StartTimeSeconds">When it was started, Unix time.</param>
/// <param name="OpenDescriptors">Descriptors in use.</param>
/// <param name="MaxDescriptors">How many it may use; null for any number.</param>
internal sealed record ProcessReading(
    double CpuSeconds, long ResidentBytes, long VirtualBytes, long Threads, double StartTimeSeconds, long OpenDescriptors, long? MaxDescriptors)
{
    // USER_HZ: what the kernel tells times in, 100 on every architecture that .NET runs on.
    private const double TicksPerSecond = 100;
    private const int FieldsBeforeState = 3;
    private static double? _bootTime;

    /// <summary>Reads it; null when there is no such process or it is not ours to look at.</summary>
    public static ProcessReading? Of(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            // The name may hold anything, blanks and parentheses too.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].TrimEnd().Split(' ');
            return new ProcessReading(
                (Field(14) + Field(15)) / TicksPerSecond,
                Field(24) * Environment.SystemPageSize,
                Field(23),
                Field(20),
                BootTime() + (Field(22) / TicksPerSecond),
                OpenFiles.Count(pid),
                MaxOpenFiles(pid));

            long Field(int number) => long.Parse(fields[number - FieldsBeforeState], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    /// <summary>When the machine was booted, Unix time; what start times in ticks count from.</summary>
    internal static double BootTime() => _bootTime ??= File.ReadLines("/proc/stat")
        .Where(line => line.StartsWith("btime ", StringComparison.Ordinal))
        .Select(line => double.Parse(line.AsSpan("btime ".Length), CultureInfo.InvariantCulture))
        .FirstOrDefault();

    private static long? MaxOpenFiles(int pid)
    {
        const string Name = "Max open files";
        var line = File.ReadLines($"/proc/{pid}/limits").FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal));
        var soft = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(soft, CultureInfo.InvariantCulture, out var files) ? files : null;
    }
}
