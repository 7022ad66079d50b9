using System.Runtime.InteropServices;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Processes;

namespace Overseer.Recorder.Takeover;

/// <summary>
/// A process that does nothing but hold the writing end of a run's standard input as its own standard output. A pipe has its end of input when the last writer is gone, and a program waits in its
/// read for most of the time: without the holder, the death of server and recorder at once would be the end of every program that reads commands. The program cannot hold that end itself, as it holds its output:
/// then nobody could ever end its input.
/// </summary>
/// <param name="Pid">Its pid; 0: there is none.</param>
/// <param name="ProcessStartTime">Field 22 of its <c>/proc/PID/stat</c>.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct InputHolder(int Pid, long ProcessStartTime)
{
    /// <summary>Whether it is there, and still holds anything.</summary>
    internal bool IsAlive => Pid > 0 && ProcessStat.TryRead(Pid, out var stat) && stat.StartTime == ProcessStartTime && stat.State is not ('Z' or 'X');

    /// <summary>Ends it, for good once this returns. Nothing happens when it has ended already, or when there is none. Thread-safe.</summary>
    public void End()
    {
        if (Pid <= 0)
            return;
        using var process = ProcessHandle.Open(new ProcessIdentity(Pid, ProcessStartTime));
        _ = process?.TrySend(Libc.SIGKILL);
    }
}
