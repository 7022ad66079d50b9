using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

internal static partial class Interop
{
    /// <summary>struct pollfd of poll(2).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PollPidfd
    {
        internal int Descriptor;
        internal short Events;
        internal short ReturnedEvents;
    }

    internal const short PollIn = 1;

    /// <summary>poll(2) over pidfds: a pidfd is readable once its process has exited.</summary>
    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    internal static unsafe partial int PollPidfds(PollPidfd* descriptors, nuint count, int timeoutMilliseconds);
}
