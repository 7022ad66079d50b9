using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Wire;

/// <summary>A recorder that this very process has launched is its child, and has to be waited for when it ends while the server lives.</summary>
internal static unsafe class LaunchedRecorder
{
    private const int EndMilliseconds = 2000;

    /// <summary>Reaps it if it is a child of this process and ends soon: its connection closes a moment before.</summary>
    internal static void Reap(int pid)
    {
        SignalInfo info;
        if (pid == Environment.ProcessId || Libc.WaitId(Libc.P_PID, pid, &info, Libc.WEXITED | Libc.WNOHANG | Libc.WNOWAIT, null) != 0)
            return;
        int process = Libc.PidfdOpen(pid);
        if (process < 0)
            return;
        var ended = new PollEntry { Descriptor = process, Events = Libc.POLLIN };
        if (Libc.Poll(&ended, 1, EndMilliseconds) > 0)
            _ = Libc.WaitId(Libc.P_PID, pid, &info, Libc.WEXITED | Libc.WNOHANG, null);
        _ = Libc.Close(process);
    }
}
