using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

/// <summary>
/// <c>struct epoll_event</c>. The kernel packs it on x86-64 (12 bytes) and nowhere else (16 bytes), so the place of the data is looked up at run time.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal unsafe struct EpollEvent
{
    internal const uint In = 0x001;
    internal const uint Out = 0x004;
    internal const uint Error = 0x008;
    internal const uint HangUp = 0x010;

    [FieldOffset(0)]
    internal uint Events;

    [FieldOffset(4)]
    private fixed byte _rest[12];

    /// <summary>Bytes from one event to the next in an array that the kernel fills.</summary>
    internal static int Stride => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    internal static int DataOffset => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    internal ulong Data
    {
        set
        {
            fixed (byte* rest = _rest)
                Unsafe.WriteUnaligned(rest + DataOffset - 4, value);
        }
    }
}
