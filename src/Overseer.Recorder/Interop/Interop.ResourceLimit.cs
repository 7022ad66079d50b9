using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

internal static unsafe partial class Interop
{
    internal const int RLIMIT_NPROC = 6;
    internal const int RLIMIT_NOFILE = 7;
    internal const int RLIMIT_AS = 9;

    [LibraryImport("libc", EntryPoint = "prlimit64", SetLastError = true)]
    internal static partial int ResourceLimit(int pid, int resource, SoftAndHard* updated, SoftAndHard* previous);
}
