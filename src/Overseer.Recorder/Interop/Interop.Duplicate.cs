using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

internal static unsafe partial class Interop
{
    internal const int F_DUPFD_CLOEXEC = 1030;

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Fcntl(int descriptor, int command, nint argument);

    /// <summary>A close-on-exec duplicate with a number of at least <paramref name="lowest"/>; -1 and errno when there is none.</summary>
    internal static int Duplicate(int descriptor, int lowest = 3) => Fcntl(descriptor, F_DUPFD_CLOEXEC, lowest);
}
