using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

internal static unsafe partial class Interop
{
    internal const int EPOLL_CTL_ADD = 1;
    internal const int EPOLL_CTL_DEL = 2;
    internal const int EPOLL_CTL_MOD = 3;

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    internal static partial int EpollControl(int epoll, int operation, int descriptor, EpollEvent* change);

    /// <summary>An <c>epoll_ctl</c> that says "already there" or "not there" as an errno instead of leaving it to the caller to fetch.</summary>
    internal static int EpollControl(int epoll, int operation, int descriptor, uint events, ulong data)
    {
        var change = default(EpollEvent);
        change.Events = events;
        change.Data = data;
        return EpollControl(epoll, operation, descriptor, &change) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }
}
