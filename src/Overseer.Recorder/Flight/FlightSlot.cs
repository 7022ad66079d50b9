using System.Runtime.InteropServices;

namespace Overseer.Recorder.Flight;

/// <summary>One start that is under way, as it lies in the page.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FlightSlot
{
    /// <summary>All zero: the slot is free.</summary>
    internal Guid Run;

    /// <summary>0 until there is a process.</summary>
    internal int Pid;

    /// <summary>Number of the pipe of standard output; 0: not known. The kernel numbers pipes with 32 bits.</summary>
    internal uint OutputPipe;

    /// <summary>Number of the pipe of standard error.</summary>
    internal uint ErrorPipe;

    internal int Reserved;
}
