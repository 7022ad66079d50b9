using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Spawning;

/// <summary>How late the kernel may wake this thread from a sleep. Children inherit it as their usual one, so it is put back for the moment of a spawn.</summary>
internal static class TimerSlack
{
    private const uint RecorderNs = 1000;

    /// <summary>Makes this thread's sleeps short.</summary>
    internal static void Sharpen() => Libc.ProcessControl(Libc.PR_SET_TIMERSLACK, RecorderNs, 0, 0, 0);

    /// <summary>What this thread began with.</summary>
    internal static void Restore() => Libc.ProcessControl(Libc.PR_SET_TIMERSLACK, 0, 0, 0, 0);
}
