using System.Runtime.InteropServices;
using Overseer.Recorder.Wire;

namespace Overseer.Recorder.Processes;

/// <summary>A child that has ended and was waited for.</summary>
/// <param name="Pid">The number it had; another process may have it from now on.</param>
/// <param name="ProcessStartTime">Field 22 of <c>/proc/PID/stat</c>; with the number it says which process it was. 0 when unknown.</param>
/// <param name="Status">How it ended.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ReapedChild(int Pid, long ProcessStartTime, ExitStatus Status);
