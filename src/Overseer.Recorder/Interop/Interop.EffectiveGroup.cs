using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

internal static partial class Interop
{
    [LibraryImport("libc", EntryPoint = "getegid")]
    internal static partial int EffectiveGroup();
}
