using System.Runtime.InteropServices;
using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Spawning;

/// <summary>
/// A program started for a person who stays: with this process's own three streams, its directory and its environment to the byte, in a process group of its own, and otherwise as if a shell
/// had started it. What the runtime changed of this process is put back: the ignored SIGPIPE, the limit of open descriptors. For a program with one thread that does nothing else meanwhile.
/// </summary>
internal sealed unsafe class AttachedChild
{
    private const short SetProcessGroup = 0x02;

    private AttachedChild(int pid) => Pid = pid;

    internal int Pid { get; }

    /// <summary>Starts a program.</summary>
    /// <param name="file">Its path; <c>PATH</c> is not searched.</param>
    /// <param name="arguments">With its name, as it is to see it.</param>
    /// <param name="errno">0 when it runs.</param>
    internal static AttachedChild Start(string file, IReadOnlyList<string> arguments, out int errno)
    {
        byte* attributes = stackalloc byte[Libc.PosixSpawnAttributesSize];
        byte* actions = stackalloc byte[Libc.PosixSpawnActionsSize];
        byte* signals = stackalloc byte[Libc.SignalSetSize];
        new Span<byte>(signals, Libc.SignalSetSize).Clear();
        // The C library's own two are ignored in the child unless they are asked for, as it does not pass them on to any.
        foreach (int signal in (ReadOnlySpan<int>)[Libc.SIGPIPE, 32, 33])
            signals[(signal - 1) / 8] |= (byte)(1 << ((signal - 1) % 8));
        _ = Libc.PosixSpawnAttributesInit(attributes);
        _ = Libc.PosixSpawnAttributesSetSignalDefault(attributes, signals);
        _ = Libc.PosixSpawnAttributesSetFlags(attributes, SetProcessGroup | Libc.POSIX_SPAWN_SETSIGDEF);
        _ = Libc.PosixSpawnActionsInit(actions);
        _ = Libc.PosixSpawnActionsAddCloseFrom(actions, 3);
        var own = NoFileLimit.Current();
        NoFileLimit.SetSoft(NoFileLimit.BeforeTheRuntimeRaisedIt(), own.Hard);
        using var path = new NativeStrings([file]);
        using var argv = new NativeStrings(arguments);
        int pid = 0;
        errno = Libc.PosixSpawn(&pid, path.Pointer[0], actions, attributes, argv.Pointer, OwnEnvironment());
        NoFileLimit.SetSoft(own.Soft, own.Hard);
        _ = Libc.PosixSpawnActionsDestroy(actions);
        _ = Libc.PosixSpawnAttributesDestroy(attributes);
        return new AttachedChild(pid);
    }

    /// <summary>Kills it and what it started in its group. It has not been waited for, so the number is still its own.</summary>
    internal void Kill() => _ = Libc.Kill(-Pid, Libc.SIGKILL);

    /// <summary>The variables as this process got them; managed code sees only those that are proper Unicode.</summary>
    private static byte** OwnEnvironment() => *(byte***)NativeLibrary.GetExport(NativeLibrary.Load("libc.so.6"), "environ");
}
