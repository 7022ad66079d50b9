using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Takeover;

/// <summary>The numbers by which <c>/proc/PID/fd</c> names the pipes of a run (<c>pipe:[N]</c>): enough to find them again when nobody holds a reading end any more. Unique within one boot.</summary>
/// <param name="StandardOutput">0: there is none.</param>
/// <param name="StandardError">0: there is none.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct PipeInodes(long StandardOutput, long StandardError)
{
    /// <summary>Looks at the two ends of pipes, any of which may be null.</summary>
    public static PipeInodes Of(SafeFileHandle? standardOutput, SafeFileHandle? standardError) => new(Of(standardOutput), Of(standardError));

    internal static unsafe long Of(SafeFileHandle? pipe)
    {
        if (pipe is null || pipe.IsInvalid || pipe.IsClosed)
            return 0;
        bool referenced = false;
        try
        {
            pipe.DangerousAddRef(ref referenced);
            return Of((int)pipe.DangerousGetHandle());
        }
        finally
        {
            if (referenced)
                pipe.DangerousRelease();
        }
    }

    /// <summary>0 when the kernel does not say.</summary>
    internal static unsafe long Of(int descriptor)
    {
        FileStatus status;
        return Libc.Statx(descriptor, "", Libc.AT_EMPTY_PATH, Libc.STATX_INO, &status) == 0 ? status.Inode : 0;
    }
}
