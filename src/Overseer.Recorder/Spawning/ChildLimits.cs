using System.Runtime.InteropServices;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Wire;

namespace Overseer.Recorder.Spawning;

/// <summary>
/// What of a request's limits is set in the child itself. What its cgroup holds is left to the cgroup, which counts the task and nothing else: RLIMIT_AS counts address space, which many programs
/// reserve without using it, and RLIMIT_NPROC counts all processes of the user, on the whole machine, and none of root's. They are the second choice, for where the
/// cgroup has no such controller. A limit above what is allowed anyway is that.
/// </summary>
internal readonly record struct ChildLimits(SoftAndHard OpenFiles, SoftAndHard? Processes, SoftAndHard? AddressSpace)
{
    internal const string OpenFilesName = "open files";
    internal const string ProcessesName = "processes";
    internal const string AddressSpaceName = "address space";

    internal static ChildLimits Of(SpawnFrame frame, ulong usualOpenFiles)
    {
        var message = frame.Message;
        var own = NoFileLimit.Current();
        var openFiles = new SoftAndHard { Soft = message.OpenFiles >= 0 ? (ulong)message.OpenFiles : Math.Min(usualOpenFiles, own.Hard), Hard = own.Hard };
        return new ChildLimits(
            openFiles,
            message.Processes >= 0 && !Holds(frame, "/pids.max\0"u8) ? AtMost(Libc.RLIMIT_NPROC, message.Processes) : null,
            message.MemoryBytes >= 0 && !Holds(frame, "/memory.max\0"u8) ? AtMost(Libc.RLIMIT_AS, message.MemoryBytes) : null);
    }

    /// <summary>Whether the cgroup of the request has that file.</summary>
    internal static unsafe bool Holds(SpawnFrame frame, ReadOnlySpan<byte> file)
    {
        if (frame.Cgroup == null)
            return false;
        var directory = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(frame.Cgroup);
        if (directory.Length > 4000)
            return false;
        Span<byte> path = stackalloc byte[4096];
        directory.CopyTo(path);
        file.CopyTo(path[directory.Length..]);
        fixed (byte* p = path)
            return Libc.Access(p, Libc.F_OK) == 0;
    }

    private static unsafe SoftAndHard AtMost(int resource, long value)
    {
        SoftAndHard now;
        ulong most = Libc.ResourceLimit(0, resource, null, &now) == 0 ? now.Hard : ulong.MaxValue;
        ulong limit = Math.Min((ulong)value, most);
        return new SoftAndHard { Soft = limit, Hard = limit };
    }
}
