using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

internal static unsafe partial class Interop
{
    internal const int TFD_NONBLOCK = 0x800;
    internal const int TFD_CLOEXEC = 0x80000;

    [LibraryImport("libc", EntryPoint = "timerfd_create", SetLastError = true)]
    internal static partial int TimerFdCreate(int clock, int flags);

    /// <summary>timerfd_settime(2); <paramref name="times"/> is a struct itimerspec: interval, then first expiration.</summary>
    [LibraryImport("libc", EntryPoint = "timerfd_settime", SetLastError = true)]
    internal static partial int TimerFdSetTime(int descriptor, int flags, TimeSpec* times, TimeSpec* before);
}
