using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

/// <summary><c>struct clone_args</c> of clone3(2), as of Linux 5.7.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CloneArguments
{
    internal const ulong CLONE_VM = 0x100;
    internal const ulong CLONE_PIDFD = 0x1000;
    internal const ulong CLONE_VFORK = 0x4000;
    internal const ulong CLONE_PARENT_SETTID = 0x0010_0000;
    internal const ulong CLONE_CHILD_SETTID = 0x0100_0000;
    internal const ulong CLONE_CLEAR_SIGHAND = 0x1_0000_0000;
    internal const ulong CLONE_INTO_CGROUP = 0x2_0000_0000;

    internal ulong Flags;

    /// <summary>An int that the pidfd is written to.</summary>
    internal ulong PidfdAt;

    /// <summary>An int that the child writes its pid to before it runs.</summary>
    internal ulong ChildTidAt;

    /// <summary>An int that the pid is written to before the child runs.</summary>
    internal ulong ParentTidAt;
    internal ulong ExitSignal;
    internal ulong Stack;
    internal ulong StackSize;
    internal ulong Tls;
    internal ulong SetTid;
    internal ulong SetTidSize;
    internal ulong Cgroup;
}
