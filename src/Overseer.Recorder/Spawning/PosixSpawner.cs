using System.Buffers.Text;
using System.Runtime.InteropServices;
using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Spawning;

/// <summary>
/// Starts programs with <c>posix_spawn</c>: the child runs C code only, so no managed code ever runs between fork and exec. Each child gets a session of its own, default signals (the runtime
/// ignores SIGPIPE), an empty mask, the three standard streams and nothing else open, and the limits and timer slack that the recorder changed for itself put back.
/// Standard output and error are opened anew through <c>/proc/self/fd/N</c>, for reading and writing: the child holds a reading end itself, so it never sees
/// SIGPIPE or EPIPE, whoever dies; at worst it waits. One thread only.
/// </summary>
internal sealed unsafe class PosixSpawner : IDisposable
{
    private const uint RecorderTimerSlackNs = 1000;

    private readonly byte* _attributes = (byte*)NativeMemory.AllocZeroed(Libc.PosixSpawnAttributesSize);
    private readonly byte* _actions = (byte*)NativeMemory.AllocZeroed(Libc.PosixSpawnActionsSize);
    private readonly byte* _paths = (byte*)NativeMemory.AllocZeroed(128);
    private readonly ulong? _childSoftLimit;
    private readonly bool _ownProcess;

    /// <summary>Prepares what all spawns have in common.</summary>
    /// <param name="childSoftLimit">The soft limit of open descriptors that children start with; null: this process's, and its timer slack too.</param>
    /// <param name="ownProcess">
    /// Whether this process is the recorder and nothing else: then its own limit is lowered for the moment of the spawn. In a host process that would make other threads fail, so the
    /// child's limit is set from outside, an instant after it began to run.
    /// </param>
    internal PosixSpawner(ulong? childSoftLimit, bool ownProcess)
    {
        _childSoftLimit = childSoftLimit;
        _ownProcess = ownProcess;
        _ = Libc.PosixSpawnAttributesInit(_attributes);
        byte* signals = stackalloc byte[Libc.SignalSetSize];
        new Span<byte>(signals, Libc.SignalSetSize).Clear();
        _ = Libc.PosixSpawnAttributesSetSignalMask(_attributes, signals);
        // Every bit, not sigfillset: that leaves out the C library's own two, which would then stay ignored in the child.
        new Span<byte>(signals, Libc.SignalSetSize).Fill(0xFF);
        _ = Libc.PosixSpawnAttributesSetSignalDefault(_attributes, signals);
        _ = Libc.PosixSpawnAttributesSetFlags(_attributes, Libc.POSIX_SPAWN_SETSID | Libc.POSIX_SPAWN_SETSIGDEF | Libc.POSIX_SPAWN_SETSIGMASK);
    }

    /// <summary>Makes this thread's sleeps short. Children get the usual slack back.</summary>
    internal static void SharpenTimers() => Libc.ProcessControl(Libc.PR_SET_TIMERSLACK, RecorderTimerSlackNs, 0, 0, 0);

    /// <summary>Starts the program of the frame. Returns 0 and the pid, or the errno of a step that <see cref="SpawnDiagnosis"/> finds out.</summary>
    internal int Spawn(SpawnFrame frame, int stdin, int stdout, int stderr, out int pid) =>
        Spawn(frame.File, frame.Arguments, frame.Environment, frame.WorkingDirectory, stdin, stdout, stderr, anew: true, -1, out pid);

    /// <summary>Starts a program. Returns 0 and the pid, or an errno.</summary>
    /// <param name="stdin">A descriptor to become standard input; -1 for <c>/dev/null</c>.</param>
    /// <param name="stdout">A pipe (either end will do) or a file.</param>
    /// <param name="stderr">As <paramref name="stdout"/>.</param>
    /// <param name="anew">Whether stdout and stderr are opened anew for reading and writing, or shared as they are.</param>
    /// <param name="extra">A descriptor to become number 3; -1 for none.</param>
    internal int Spawn(byte* file, byte** arguments, byte** environment, byte* workingDirectory, int stdin, int stdout, int stderr, bool anew, int extra, out int pid)
    {
        _ = Libc.PosixSpawnActionsInit(_actions);
        try
        {
            int failed = Actions(workingDirectory, stdin, stdout, stderr, anew, extra);
            if (failed != 0)
            {
                pid = 0;
                return failed;
            }
            return Start(file, arguments, environment, out pid);
        }
        finally
        {
            _ = Libc.PosixSpawnActionsDestroy(_actions);
        }
    }

    public void Dispose()
    {
        _ = Libc.PosixSpawnAttributesDestroy(_attributes);
        NativeMemory.Free(_attributes);
        NativeMemory.Free(_actions);
        NativeMemory.Free(_paths);
    }

    /// <summary>Each open closes its target first, so it finds a free number even when the recorder holds more descriptors than the child may open.</summary>
    private int Actions(byte* workingDirectory, int stdin, int stdout, int stderr, bool anew, int extra)
    {
        int failed;
        if (stdin >= 0)
        {
            failed = Libc.PosixSpawnActionsAddDuplicate(_actions, stdin, 0);
        }
        else
        {
            "/dev/null\0"u8.CopyTo(new Span<byte>(_paths, 128));
            failed = Libc.PosixSpawnActionsAddOpen(_actions, 0, _paths, Libc.O_RDONLY, 0);
        }
        if (failed == 0)
            failed = Output(1, stdout, anew);
        if (failed == 0)
            failed = Output(2, stderr, anew);
        if (failed == 0 && extra >= 0)
            failed = Libc.PosixSpawnActionsAddDuplicate(_actions, extra, 3);
        if (failed == 0)
            failed = Libc.PosixSpawnActionsAddChangeDirectory(_actions, workingDirectory);
        if (failed == 0)
            failed = Libc.PosixSpawnActionsAddCloseFrom(_actions, extra >= 0 ? 4 : 3);
        return failed;
    }

    private int Output(int target, int descriptor, bool anew) => anew
        ? Libc.PosixSpawnActionsAddOpen(_actions, target, Reopening(descriptor), Libc.O_RDWR, 0)
        : Libc.PosixSpawnActionsAddDuplicate(_actions, descriptor, target);

    private int Start(byte* file, byte** arguments, byte** environment, out int pid)
    {
        int started = 0;
        int errno;
        if (_childSoftLimit is not { } soft)
        {
            errno = Libc.PosixSpawn(&started, file, _actions, _attributes, arguments, environment);
            pid = started;
            return errno;
        }
        var own = NoFileLimit.Current();
        bool differs = own.Soft != soft;
        if (differs && _ownProcess)
            NoFileLimit.SetSoft(soft, own.Hard);
        _ = Libc.ProcessControl(Libc.PR_SET_TIMERSLACK, 0, 0, 0, 0);
        errno = Libc.PosixSpawn(&started, file, _actions, _attributes, arguments, environment);
        SharpenTimers();
        if (differs && _ownProcess)
            NoFileLimit.SetSoft(own.Soft, own.Hard);
        else if (differs && errno == 0)
            NoFileLimit.SetSoftOf(started, soft, own.Hard);
        pid = started;
        return errno;
    }

    /// <summary>The library copies the path, so one place serves all.</summary>
    private byte* Reopening(int descriptor)
    {
        Span<byte> path = new(_paths, 128);
        "/proc/self/fd/"u8.CopyTo(path);
        Utf8Formatter.TryFormat(descriptor, path[14..], out int digits);
        path[14 + digits] = 0;
        return _paths;
    }
}
