using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

internal static unsafe partial class Interop
{
    /// <summary>The clock is not known to be right (timex's <c>status</c>).</summary>
    internal const int STA_UNSYNC = 0x40;

    [LibraryImport("libc", EntryPoint = "adjtimex", SetLastError = true)]
    private static partial int AdjustTimeCall(TimeAdjustment* adjustment);

    /// <summary>What keeps the clock right, if anything: with no modes set, nothing is adjusted. Null where the system does not say.</summary>
    internal static TimeAdjustment? ReadTimeAdjustment()
    {
        TimeAdjustment adjustment = default;
        return AdjustTimeCall(&adjustment) < 0 ? null : adjustment;
    }
}
