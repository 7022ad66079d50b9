using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

/// <summary><c>struct rlimit64</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SoftAndHard
{
    internal ulong Soft;
    internal ulong Hard;
}
