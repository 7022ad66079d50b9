using System.Runtime.InteropServices;

namespace Overseer.Chaos;

internal static partial class Interop
{
    internal const int SetChildSubreaper = 36;

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    internal static partial int ProcessControl(int option, nuint argument, nuint argument3, nuint argument4, nuint argument5);
}
