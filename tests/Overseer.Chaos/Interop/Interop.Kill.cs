using System.Runtime.InteropServices;

namespace Overseer.Chaos;

internal static partial class Interop
{
    internal const int SigKill = 9;
    internal const int SigTerm = 15;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    internal static partial int Kill(int pid, int signal);
}
