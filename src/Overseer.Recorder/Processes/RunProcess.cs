using System.Runtime.InteropServices;
using Overseer.Recorder.Wire;

namespace Overseer.Recorder.Processes;

/// <summary>The process of a run that nobody has a hold on.</summary>
internal static class RunProcess
{
    /// <summary>Its pidfd, the caller's to dispose of; null when it is over and gone, when its number is another's by now, or when there is no descriptor left.</summary>
    /// <param name="pid">The number it had.</param>
    /// <param name="startTime">Its start time; 0 when that is not known: then it has to carry the run's mark.</param>
    /// <param name="run">The run.</param>
    internal static SafeHandle? TryOpen(int pid, long startTime, Guid run)
    {
        // First the descriptor, which pins whoever has the number now; then a look at who that is.
        var process = new PidHandle(Libc.PidfdOpen(pid));
        if (!process.IsInvalid && (startTime != 0 ? Spawning.ProcessStat.StartTime(pid) == startTime : RunMark.Of(pid) == run))
            return process;
        process.Dispose();
        return null;
    }
}
