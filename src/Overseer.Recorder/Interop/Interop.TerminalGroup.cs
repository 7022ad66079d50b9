using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

internal static partial class Interop
{
    internal const int SIGCONT = 18;
    internal const int SIGTTOU = 22;

    /// <summary>The process group that a terminal listens to; -1 when the descriptor is no terminal of this session.</summary>
    [LibraryImport("libc", EntryPoint = "tcgetpgrp", SetLastError = true)]
    internal static partial int ForegroundGroup(int terminal);

    [LibraryImport("libc", EntryPoint = "tcsetpgrp", SetLastError = true)]
    internal static partial int SetForegroundGroup(int terminal, int group);

    [LibraryImport("libc", EntryPoint = "getpgrp", SetLastError = true)]
    internal static partial int OwnGroup();
}
