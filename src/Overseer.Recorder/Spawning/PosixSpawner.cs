using System.Buffers.Text;
using System.Runtime.InteropServices;
using Overseer.Recorder.Flight;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Wire;

namespace Overseer.Recorder.Spawning;

/// <summary>
/// Starts programs with <c>posix_spawn</c>: the child runs C code only, so no managed code ever runs between fork and exec. Each child gets a session of its own, default signals (the runtime
/// ignores SIGPIPE), an empty mask, the three standard streams and nothing else open, and the limits and timer slack that the recorder changed for itself put back.
/// Standard output and error are opened anew through <c>/proc/self/fd/N</c>, for reading and writing: the child holds a reading end itself, so it never sees
/// SIGPIPE or EPIPE, whoever dies; at worst it waits. What posix_spawn cannot do, <see cref="ShellTrampoline"/> does on the way. One thread only.
/// </summary>
internal sealed unsafe class PosixSpawner : ISpawner
{
    private readonly byte* _attributes = (byte*)NativeMemory.AllocZeroed(Libc.PosixSpawnAttributesSize);
    private readonly byte* _actions = (byte*)NativeMemory.AllocZeroed(Libc.PosixSpawnActionsSize);
    private readonly byte* _paths = (byte*)NativeMemory.AllocZeroed(128);
    private readonly ShellTrampoline _trampoline;
    private readonly ulong? _childSoftLimit;
    private readonly bool _ownProcess;

    /// <summary>Prepares what all spawns have in common.</summary>
    /// <param name="childSoftLimit">The soft limit of open descriptors that children start with; null: this process's, and its timer slack.</param>
    /// <param name="ownProcess">
    /// Whether this process is the recorder and nothing else: then its own limit is lowered for the moment of the spawn. In a host process that would make other threads fail, so the
    /// child's limit is set from outside, an instant after it began to run.
    /// </param>
    internal PosixSpawner(ulong? childSoftLimit, bool ownProcess)
    {
        _childSoftLimit = childSoftLimit;
        _ownProcess = ownProcess;
        _trampoline = new ShellTrampoline(this);
        _ = Libc.PosixSpawnAttributesInit(_attributes);
        byte* signals = stackalloc byte[Libc.SignalSetSize];
        new Span<byte>(signals, Libc.SignalSetSize).Clear();
        _ = Libc.PosixSpawnAttributesSetSignalMask(_attributes, signals);
        // Every bit, not sigfillset: that leaves out the C library's own two, which would then stay ignored in the child.
        new Span<byte>(signals, Libc.SignalSetSize).Fill(0xFF);
        _ = Libc.PosixSpawnAttributesSetSignalDefault(_attributes, signals);
        _ = Libc.PosixSpawnAttributesSetFlags(_attributes, Libc.POSIX_SPAWN_SETSID | Libc.POSIX_SPAWN_SETSIGDEF | Libc.POSIX_SPAWN_SETSIGMASK);
    }

    public string Name => "posix";

    public SpawnFlags Unable => ShellTrampoline.Unable;

    public SpawnResult Spawn(SpawnFrame frame, in SpawnStreams streams, FlightPage? flight)
    {
        // A number is kept free for the pidfd, so that a start cannot fail after the program began to run.
        int spare = Libc.Duplicate(streams.Stdout);
        if (spare < 0)
            return SpawnResult.Failed(SpawnStep.Pipes, Marshal.GetLastPInvokeError());
        bool direct = !ShellTrampoline.IsNeeded(frame.Message);
        int pid = 0;
        var failed = direct ? Direct(frame, in streams, out pid) : _trampoline.Spawn(frame, in streams, flight, _childSoftLimit, out pid);
        _ = Libc.Close(spare);
        if (failed is { } failure)
            return failure;
        int pidfd = Libc.PidfdOpen(pid);
        return SpawnResult.Started(pid, pidfd);
    }

    private SpawnResult? Direct(SpawnFrame frame, in SpawnStreams streams, out int pid)
    {
        int errno = Spawn(frame.File, frame.Arguments, frame.Environment, frame.WorkingDirectory, streams, anew: true, -1, out pid);
        return errno == 0 ? null : SpawnResult.Failed(SpawnStep.None, errno);
    }

    /// <summary>Starts a program. Returns 0 and the pid, or an errno.</summary>
    /// <param name="anew">Whether stdout and stderr are opened anew for reading and writing, or shared as they are.</param>
    /// <param name="extra">A descriptor to become number 3; -1 for none.</param>
    internal int Spawn(byte* file, byte** arguments, byte** environment, byte* workingDirectory, in SpawnStreams streams, bool anew, int extra, out int pid)
    {
        _ = Libc.PosixSpawnActionsInit(_actions);
        try
        {
            int failed = Actions(workingDirectory, in streams, anew, extra);
            if (failed != 0)
            {
                pid = 0;
                return failed;
            }
            return Start(file, arguments, environment, setsItself: extra >= 0, out pid);
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
    private int Actions(byte* workingDirectory, in SpawnStreams streams, bool anew, int extra)
    {
        int failed;
        if (streams.Stdin >= 0)
        {
            failed = Libc.PosixSpawnActionsAddDuplicate(_actions, streams.Stdin, 0);
        }
        else
        {
            "/dev/null\0"u8.CopyTo(new Span<byte>(_paths, 128));
            failed = Libc.PosixSpawnActionsAddOpen(_actions, 0, _paths, Libc.O_RDONLY, 0);
        }
        if (failed == 0)
            failed = Output(1, streams.Stdout, anew);
        if (failed == 0)
            failed = Output(2, streams.Stderr, anew);
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

    private int Start(byte* file, byte** arguments, byte** environment, bool setsItself, out int pid)
    {
        int started = 0;
        int errno;
        if (_childSoftLimit is not { } soft)
        {
            TimerSlack.TakeFromProcess();
            errno = Libc.PosixSpawn(&started, file, _actions, _attributes, arguments, environment);
            pid = started;
            return errno;
        }
        var own = NoFileLimit.Current();
        bool differs = own.Soft != soft;
        if (differs && _ownProcess)
            NoFileLimit.SetSoft(soft, own.Hard);
        TimerSlack.Restore();
        errno = Libc.PosixSpawn(&started, file, _actions, _attributes, arguments, environment);
        TimerSlack.Sharpen();
        if (differs && _ownProcess)
            NoFileLimit.SetSoft(own.Soft, own.Hard);
        else if (differs && errno == 0 && !setsItself)
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
