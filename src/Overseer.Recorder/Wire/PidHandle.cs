using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Wire;

/// <summary>A pidfd: names a process for as long as it is held, whatever becomes of the number.</summary>
internal sealed class PidHandle : SafeHandleMinusOneIsInvalid
{
    internal PidHandle(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;
}
