using System.Runtime.InteropServices;

namespace Overseer.Bench;

internal static partial class Interop
{
    internal const short Readable = 1;

    [StructLayout(LayoutKind.Sequential)]
    internal struct PollEntry
    {
        public int File;
        public short Wanted;
        public short Got;
    }

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static unsafe partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    /// <summary>How many entries are ready; 0 after <paramref name="milliseconds"/> or a signal.</summary>
    internal static unsafe int Poll(Span<PollEntry> entries, int milliseconds)
    {
        fixed (PollEntry* start = entries)
        {
            var ready = Poll(start, (nuint)entries.Length, milliseconds);
            return ready >= 0 ? ready : Marshal.GetLastPInvokeError() == InterruptedCall ? 0 : throw LastError("poll");
        }
    }
}
