using System.Runtime.InteropServices;
using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Spawning;

/// <summary>
/// Starts programs for a person: with this process's directory and standard input, in a process group of their own, and otherwise as if a shell had started them. What the runtime changed of
/// this process is put back: the ignored SIGPIPE, the limit of open descriptors. For a program with one thread that does nothing else meanwhile.
/// </summary>
internal static unsafe class GroupSpawn
{
    private const short SetProcessGroup = 0x02;

    /// <summary>The variables as this process got them; managed code sees only those that are proper Unicode.</summary>
    internal static byte** OwnEnvironment => *(byte***)NativeLibrary.GetExport(NativeLibrary.Load("libc.so.6"), "environ");

    /// <summary>Starts a program.</summary>
    /// <param name="file">Its path; <c>PATH</c> is not searched.</param>
    /// <param name="arguments">With its name, as it is to see it.</param>
    /// <param name="environment">Its variables.</param>
    /// <param name="outputs">What its standard output, and then its standard error, are to be instead of this process's; as many as there are.</param>
    /// <param name="pid">Its number.</param>
    /// <returns>0 when it runs, else why not.</returns>
    internal static int Start(string file, IReadOnlyList<string> arguments, byte** environment, ReadOnlySpan<int> outputs, out int pid)
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
        for (int i = 0; i < outputs.Length; i++)
            _ = Libc.PosixSpawnActionsAddDuplicate(actions, outputs[i], i + 1);
        _ = Libc.PosixSpawnActionsAddCloseFrom(actions, 3);
        var own = NoFileLimit.Current();
        NoFileLimit.SetSoft(NoFileLimit.BeforeTheRuntimeRaisedIt(), own.Hard);
        using var path = new NativeStrings([file]);
        using var argv = new NativeStrings(arguments);
        int number = 0;
        int errno = Libc.PosixSpawn(&number, path.Pointer[0], actions, attributes, argv.Pointer, environment);
        NoFileLimit.SetSoft(own.Soft, own.Hard);
        _ = Libc.PosixSpawnActionsDestroy(actions);
        _ = Libc.PosixSpawnAttributesDestroy(attributes);
        pid = number;
        return errno;
    }
}
