using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

/// <summary><c>struct rusage</c> of 64-bit Linux.</summary>
[StructLayout(LayoutKind.Explicit, Size = 144)]
internal struct ResourceUsage
{
    [FieldOffset(0)]
    internal long UserSeconds;

    [FieldOffset(8)]
    internal long UserMicroseconds;

    [FieldOffset(16)]
    internal long SystemSeconds;

    [FieldOffset(24)]
    internal long SystemMicroseconds;

    [FieldOffset(32)]
    internal long MaxResidentKilobytes;
}
