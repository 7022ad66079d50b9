using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

/// <summary><c>struct flock</c>, with 64-bit offsets as on every 64-bit Linux.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FileLock
{
    internal short Type;
    internal short Whence;
    internal long Start;
    internal long Length;
    internal int Pid;
}
