using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

/// <summary>The part of <c>struct timex</c> that is looked at, on 64-bit systems.</summary>
[StructLayout(LayoutKind.Explicit, Size = 208)]
internal struct TimeAdjustment
{
    /// <summary>What is to be set; 0 for nothing.</summary>
    [FieldOffset(0)]
    internal uint Modes;

    /// <summary>The largest error there can be, in microseconds.</summary>
    [FieldOffset(24)]
    internal long MaxError;

    /// <summary>Flags <c>STA_…</c>.</summary>
    [FieldOffset(40)]
    internal int Status;
}
