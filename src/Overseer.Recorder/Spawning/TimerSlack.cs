using System.Globalization;
using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Spawning;

/// <summary>How late the kernel may wake this thread from a sleep. Children inherit it as their usual one, so it is put back for the moment of a spawn.</summary>
internal static class TimerSlack
{
    private const uint RecorderNs = 1000;

    /// <summary>Makes this thread's sleeps short.</summary>
    internal static void Sharpen() => Libc.ProcessControl(Libc.PR_SET_TIMERSLACK, RecorderNs, 0, 0, 0);

    /// <summary>
    /// Takes the process's: its first thread has it. A thread inherits from the one that happened to create it, and that may have been a sharpened one.
    /// </summary>
    internal static void TakeFromProcess()
    {
        try
        {
            if (nuint.TryParse(File.ReadAllText("/proc/self/timerslack_ns").AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out nuint slack))
                _ = Libc.ProcessControl(Libc.PR_SET_TIMERSLACK, slack, 0, 0, 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // As it is, then.
        }
    }

    /// <summary>What this thread began with.</summary>
    internal static void Restore() => Libc.ProcessControl(Libc.PR_SET_TIMERSLACK, 0, 0, 0, 0);
}
