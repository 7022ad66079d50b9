using System.Runtime.InteropServices;

namespace Overseer.Bench;

internal static partial class Interop
{
    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static unsafe partial int Nanosleep(in TimeSpec time, void* left);

    /// <summary>Sleeps less than a second; Thread.Sleep rounds to milliseconds.</summary>
    internal static unsafe void Pause(long microseconds) => _ = Nanosleep(new TimeSpec { Nanoseconds = microseconds * 1000 }, null);
}
