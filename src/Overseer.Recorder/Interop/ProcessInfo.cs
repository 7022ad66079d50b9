using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

/// <summary><c>struct pidfd_info</c> in its first form (64 bytes, Linux 6.13); later kernels append fields and still take this.</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal struct ProcessInfo
{
    /// <summary>What is asked for, then what was filled.</summary>
    [FieldOffset(0)]
    internal ulong Mask;

    /// <summary>In the form of wait(2).</summary>
    [FieldOffset(60)]
    internal int ExitCode;
}
