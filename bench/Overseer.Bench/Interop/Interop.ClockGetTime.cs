using System.Runtime.InteropServices;

namespace Overseer.Bench;

internal static partial class Interop
{
    private const int ThreadCpuTime = 3;

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int ClockGetTime(int clock, out TimeSpec time);

    /// <summary>CPU seconds of the calling thread.</summary>
    internal static double ThreadCpuSeconds() =>
        ClockGetTime(ThreadCpuTime, out var time) == 0 ? Seconds(time) : throw LastError("clock_gettime");

    /// <summary>
    /// CPU seconds of a process, all its threads, none of its children; the clock that clock_getcpuclockid(3) names.
    /// It says what /proc/PID/stat says, to the nanosecond instead of in ticks of 10 ms. 0 when the process is gone.
    /// </summary>
    internal static double ProcessCpuSeconds(int pid) => ClockGetTime((~pid << 3) | 2, out var time) == 0 ? Seconds(time) : 0;

    private static double Seconds(TimeSpec time) => time.Seconds + time.Nanoseconds / 1e9;
}
