using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

internal static unsafe partial class Interop
{
    internal const int CLOCK_REALTIME = 0;
    internal const int CLOCK_MONOTONIC = 1;
    internal const int CLOCK_BOOTTIME = 7;

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int ClockGetTimeCall(int clock, TimeSpec* time);

    /// <summary>Nanoseconds of the given clock.</summary>
    internal static long ClockGetTime(int clock)
    {
        TimeSpec time;
        _ = ClockGetTimeCall(clock, &time);
        return (time.Seconds * 1_000_000_000) + time.Nanoseconds;
    }
}
