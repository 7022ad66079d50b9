using System.Runtime.InteropServices;

namespace Overseer.Recorder.Wire;

/// <summary>How a process ended, as its parent learns it.</summary>
/// <param name="ExitCode">0 to 255; -1 when a signal killed it.</param>
/// <param name="Signal">The signal that killed it; 0 when it exited.</param>
/// <param name="UserMicroseconds">CPU time in user mode; 0 when unknown.</param>
/// <param name="SystemMicroseconds">CPU time in the kernel; 0 when unknown.</param>
/// <param name="MaxRssKilobytes">Largest resident set, KiB; 0 when unknown.</param>
/// <param name="TimeNs">When its end was seen, Unix nanoseconds; 0: when the recorder sees it.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ExitStatus(int ExitCode, int Signal, long UserMicroseconds = 0, long SystemMicroseconds = 0, long MaxRssKilobytes = 0, long TimeNs = 0)
{
    /// <summary>Nobody knows how it ended.</summary>
    public static readonly ExitStatus Unknown = new(-1, 0);
}
