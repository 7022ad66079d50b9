using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Spawning;

/// <summary>A program started for a person who stays: with this process's own three streams and its environment to the byte; see <see cref="GroupSpawn"/> for the rest.</summary>
internal sealed unsafe class AttachedChild
{
    private AttachedChild(int pid) => Pid = pid;

    internal int Pid { get; }

    /// <summary>Starts a program.</summary>
    /// <param name="file">Its path; <c>PATH</c> is not searched.</param>
    /// <param name="arguments">With its name, as it is to see it.</param>
    /// <param name="errno">0 when it runs.</param>
    internal static AttachedChild Start(string file, IReadOnlyList<string> arguments, out int errno)
    {
        errno = GroupSpawn.Start(file, arguments, GroupSpawn.OwnEnvironment, outputs: [], out int pid);
        return new AttachedChild(pid);
    }

    /// <summary>Kills it and what it started in its group. It has not been waited for, so the number is still its own.</summary>
    internal void Kill() => _ = Libc.Kill(-Pid, Libc.SIGKILL);
}
