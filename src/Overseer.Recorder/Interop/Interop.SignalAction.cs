using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

internal static unsafe partial class Interop
{
    /// <summary><c>sizeof(struct sigaction)</c> of glibc.</summary>
    internal const int SignalActionSize = 152;

    [LibraryImport("libc", EntryPoint = "sigaction", SetLastError = true)]
    internal static partial int SignalAction(int number, void* action, void* previous);
}
