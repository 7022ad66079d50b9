using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

internal static unsafe partial class Interop
{
    [LibraryImport("libc", EntryPoint = "geteuid")]
    internal static partial int EffectiveUser();
}
