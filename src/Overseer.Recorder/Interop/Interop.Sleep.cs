using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

internal static unsafe partial class Interop
{
    [LibraryImport("libc", EntryPoint = "nanosleep", SetLastError = true)]
    private static partial int NanoSleep(TimeSpec* request, TimeSpec* remaining);

    /// <summary>Sleeps less than a second, or shorter when a signal comes.</summary>
    internal static void Sleep(long nanoseconds)
    {
        var request = new TimeSpec { Nanoseconds = nanoseconds };
        _ = NanoSleep(&request, null);
    }
}
