using System.Runtime.InteropServices;

namespace Overseer.Recorder.Processes;

/// <summary>What makes a process the same process: numbers are reused, the pair of number and start time is not (within one boot).</summary>
/// <param name="Pid">The process number.</param>
/// <param name="StartTime">Field 22 of /proc/PID/stat: clock ticks since boot.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ProcessIdentity(int Pid, long StartTime);
