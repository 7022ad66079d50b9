using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

/// <summary>The part of <c>siginfo_t</c> that <c>waitid</c> fills.</summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal struct SignalInfo
{
    internal const int CldExited = 1;

    [FieldOffset(8)]
    internal int Code;

    [FieldOffset(16)]
    internal int Pid;

    /// <summary>The exit code when <see cref="Code"/> is <see cref="CldExited"/>, else the signal.</summary>
    [FieldOffset(24)]
    internal int Status;
}
