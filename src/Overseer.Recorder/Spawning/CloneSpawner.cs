using System.Buffers.Text;
using System.Runtime.InteropServices;
using Overseer.Recorder.Flight;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Wire;

namespace Overseer.Recorder.Spawning;

/// <summary>
/// Starts programs with <c>clone3</c>. What it has over <c>posix_spawn</c>: the child is in its cgroup from its first instruction, its pid is in the flight page before that,
/// the pidfd comes with it, user and limits need no other program, and the call that failed is known. The child shares this process's memory and stack until it executes its program (so nothing
/// is copied), while this thread waits; it runs the code of <see cref="CloneCode"/> and nothing else, over a list of system calls that is laid out here. A signal cannot make it run anything
/// of ours, since it has no handlers (CLONE_CLEAR_SIGHAND). Rejected: a stack of its own (that code uses none), blocking signals around the call (what a child could
/// be sent in that moment would end it a moment later as well).
/// </summary>
internal sealed unsafe class CloneSpawner : ISpawner
{
    private const ulong Flags = CloneArguments.CLONE_VM | CloneArguments.CLONE_VFORK | CloneArguments.CLONE_PIDFD | CloneArguments.CLONE_PARENT_SETTID | CloneArguments.CLONE_CLEAR_SIGHAND;
    private const int KernelSignals = 64;
    private const int TrialExitCode = 42;

    private readonly CloneCode _code;
    private readonly ChildCalls _calls = new();
    private readonly Memory* _memory = (Memory*)NativeMemory.AllocZeroed((nuint)sizeof(Memory));
    private readonly ulong _childSoftLimit;
    private readonly ulong _ignored;

    private CloneSpawner(CloneCode code, ulong childSoftLimit, bool ownProcess)
    {
        _code = code;
        _childSoftLimit = childSoftLimit;
        // Handlers become default by themselves, ignored signals stay ignored. In a host process others may begin to ignore some at any time.
        _ignored = ownProcess ? IgnoredSignals() : ulong.MaxValue;
        "/dev/null\0"u8.CopyTo(new Span<byte>(_memory->Null, 16));
    }

    public string Name => "clone";

    public SpawnFlags Unable => SpawnFlags.Terminal;

    /// <summary>Makes one, and starts a child that ends at once, to see whether this system allows it.</summary>
    /// <param name="childSoftLimit">The soft limit of open descriptors that children start with.</param>
    /// <param name="ownProcess">Whether this process is the recorder and nothing else.</param>
    /// <param name="reason">Why the result is null.</param>
    internal static CloneSpawner? Try(ulong childSoftLimit, bool ownProcess, out string reason)
    {
        CloneCode.TryLoad(out var code, out reason);
        if (code is null)
            return null;
        var spawner = new CloneSpawner(code, childSoftLimit, ownProcess);
        if (spawner.Trial() is not { } refusal)
            return spawner;
        reason = refusal;
        spawner.Dispose();
        return null;
    }

    public SpawnResult Spawn(SpawnFrame frame, in SpawnStreams streams, FlightPage? flight)
    {
        var message = frame.Message;
        int* pid = flight is not null && message.FlightSlot >= 0 ? flight.PidAddress(message.FlightSlot) : &_memory->Pid;
        int cgroup = -1;
        if (frame.Cgroup != null)
        {
            cgroup = Libc.OpenDescriptor(frame.Cgroup, Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_CLOEXEC, 0);
            if (cgroup < 0)
                return SpawnResult.Failed(SpawnStep.Cgroup, Marshal.GetLastPInvokeError());
        }
        bool user = message.Flags.HasFlag(SpawnFlags.User);
        bool dumpable = user && Libc.ProcessControl(Libc.PR_GET_DUMPABLE, 0, 0, 0, 0) == 1;
        var birth = Prepare(frame, in streams);
        TimerSlack.Restore();
        var result = Clone(pid, cgroup, birth);
        TimerSlack.Sharpen();
        // A change of user takes it from the memory that was shared.
        if (dumpable)
            _ = Libc.ProcessControl(Libc.PR_SET_DUMPABLE, 1, 0, 0, 0);
        if (cgroup >= 0)
            _ = Libc.Close(cgroup);
        return result;
    }

    public void Dispose()
    {
        _calls.Dispose();
        _code.Dispose();
        NativeMemory.Free(_memory);
    }

    private SpawnResult Clone(int* pid, int cgroup, int* own = null)
    {
        int pidfd = -1;
        var arguments = new CloneArguments
        {
            Flags = Flags,
            PidfdAt = (ulong)&pidfd,
            ParentTidAt = (ulong)pid,
            ExitSignal = Libc.SIGCHLD,
        };
        if (cgroup >= 0)
        {
            arguments.Flags |= CloneArguments.CLONE_INTO_CGROUP;
            arguments.Cgroup = (ulong)cgroup;
        }
        if (own != null)
        {
            arguments.Flags |= CloneArguments.CLONE_CHILD_SETTID;
            arguments.ChildTidAt = (ulong)own;
        }
        int child = _code.Run(&arguments, _calls);
        if (child < 0)
        {
            *pid = 0;
            return SpawnResult.Failed(OfClone(-child, cgroup), -child);
        }
        // The kernel has written it before; but it would not say if it could not.
        *pid = child;
        if (_calls.Failure() is not { } failure)
            return SpawnResult.Started(child, pidfd);
        Reap(child);
        _ = Libc.Close(pidfd);
        *pid = 0;
        return failure;
    }

    private static SpawnStep OfClone(int errno, int cgroup) => errno switch
    {
        Errno.EMFILE or Errno.ENFILE => SpawnStep.Pipes,
        Errno.EAGAIN or Errno.ENOMEM => SpawnStep.Fork,
        _ => cgroup >= 0 ? SpawnStep.Cgroup : SpawnStep.Fork,
    };

    private static void Reap(int pid)
    {
        SignalInfo info;
        while (Libc.WaitId(Libc.P_PID, pid, &info, Libc.WEXITED, null) != 0 && Marshal.GetLastPInvokeError() == Errno.EINTR)
        {
        }
    }

    /// <returns>Where the child's pid has to be before it runs; null for nowhere.</returns>
    private int* Prepare(SpawnFrame frame, in SpawnStreams streams)
    {
        _calls.Clear();
        _calls.Add(SpawnStep.Fork, CallNumber.SetSession);
        for (int signal = 1; signal <= KernelSignals; signal++)
        {
            if ((_ignored >> (signal - 1) & 1) != 0 && signal is not (Libc.SIGKILL or Libc.SIGSTOP))
                _calls.Add(SpawnStep.Fork, CallNumber.SignalAction, signal, (nint)_memory->DefaultAction, 0, sizeof(ulong));
        }
        _calls.Add(SpawnStep.Fork, CallNumber.SignalMask, Libc.SIG_SETMASK, (nint)_memory->NoSignals, 0, sizeof(ulong));
        int* pid = streams.Births < 0 ? null : Birth(frame.Message.RunId, streams.Births);
        Streams(in streams);
        Limits(frame);
        User(frame.Message);
        _calls.Add(SpawnStep.WorkingDirectory, CallNumber.ChangeDirectory, (nint)frame.WorkingDirectory);
        _calls.Add(SpawnStep.File, CallNumber.Execute, (nint)frame.File, (nint)frame.Arguments, (nint)frame.Environment);
        return pid;
    }

    /// <summary>
    /// The child sends itself, as a pidfd, to the server, which then has it whatever becomes of this process before it can tell. Nothing of this has to succeed.
    /// </summary>
    /// <returns>Where its pid has to be: it is an argument of a call, and a part of what is sent.</returns>
    private int* Birth(Guid run, int socket)
    {
        const int Pidfd = 1; // The lowest number that is free, when it has just been closed. Standard output comes there afterwards.
        _calls.Add(SpawnStep.Fork, CallNumber.Close, Pidfd, mayFail: true);
        _calls.Add(SpawnStep.Fork, CallNumber.PidfdOpen, mayFail: true);
        int* pid = _calls.FirstArgument;
        _memory->Run = run;
        _memory->BirthParts.First = new IoVector { Base = &_memory->Run, Length = (nuint)sizeof(Guid) };
        _memory->BirthParts.Second = new IoVector { Base = pid, Length = sizeof(int) };
        _memory->Birth = new MessageHeader { Vectors = &_memory->BirthParts.First, VectorCount = 2 };
        SendBuffer.Attach(&_memory->Birth, _memory->BirthControl, [Pidfd]);
        _calls.Add(SpawnStep.Fork, CallNumber.SendMessage, socket, (nint)(&_memory->Birth), Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL, mayFail: true);
        return pid;
    }

    /// <summary>Each number is closed before something is opened there: it is then the lowest free one, even when this process holds more descriptors than the child may open.</summary>
    private void Streams(in SpawnStreams streams)
    {
        if (streams.Stdin > 0)
            _calls.Add(SpawnStep.Pipes, CallNumber.Duplicate, streams.Stdin);
        else if (streams.Stdin < 0)
            Open(0, _memory->Null, Libc.O_RDONLY);
        Open(1, Reopening(_memory->Stdout, streams.Stdout), Libc.O_RDWR);
        Open(2, Reopening(_memory->Stderr, streams.Stderr), Libc.O_RDWR);
        _calls.Add(SpawnStep.Pipes, CallNumber.CloseRange, 3, unchecked((nint)uint.MaxValue));
    }

    private void Open(int target, byte* path, int flags)
    {
        _calls.Add(SpawnStep.Pipes, CallNumber.Close, target, mayFail: true);
        _calls.Add(SpawnStep.Pipes, CallNumber.OpenAt, Libc.AT_FDCWD, (nint)path, flags);
    }

    private void Limits(SpawnFrame frame)
    {
        var limits = ChildLimits.Of(frame, _childSoftLimit);
        Limit(Libc.RLIMIT_NOFILE, &_memory->OpenFiles, limits.OpenFiles, ChildLimits.OpenFilesName);
        if (limits.Processes is { } processes)
            Limit(Libc.RLIMIT_NPROC, &_memory->Processes, processes, ChildLimits.ProcessesName);
        if (limits.AddressSpace is { } space)
            Limit(Libc.RLIMIT_AS, &_memory->AddressSpace, space, ChildLimits.AddressSpaceName);
    }

    private void Limit(int resource, SoftAndHard* place, SoftAndHard value, string name)
    {
        *place = value;
        _calls.Add(SpawnStep.Limits, CallNumber.ResourceLimit, 0, resource, (nint)place, what: name);
    }

    private void User(in SpawnMessage message)
    {
        if (!message.Flags.HasFlag(SpawnFlags.User) || ChildUser.IsOwn(in message))
            return;
        _calls.Add(SpawnStep.User, CallNumber.SetGroups);
        _calls.Add(SpawnStep.User, CallNumber.SetGroup, message.GroupId, message.GroupId, message.GroupId);
        _calls.Add(SpawnStep.User, CallNumber.SetUsers, message.UserId, message.UserId, message.UserId);
    }

    private static byte* Reopening(byte* place, int descriptor)
    {
        Span<byte> path = new(place, 32);
        "/proc/self/fd/"u8.CopyTo(path);
        Utf8Formatter.TryFormat(descriptor, path[14..], out int digits);
        path[14 + digits] = 0;
        return place;
    }

    /// <summary>The one that the runtime ignores, and those that whoever started it left so.</summary>
    private static ulong IgnoredSignals()
    {
        ulong ignored = 1UL << (Libc.SIGPIPE - 1);
        // struct sigaction begins with the handler.
        nint* action = stackalloc nint[Libc.SignalActionSize / sizeof(nint)];
        for (int signal = 1; signal <= KernelSignals; signal++)
        {
            if (Libc.SignalAction(signal, null, action) == 0 && *action == Libc.SIG_IGN)
                ignored |= 1UL << (signal - 1);
        }
        return ignored;
    }

    /// <summary>Null when it works.</summary>
    private string? Trial()
    {
        _calls.Clear();
        _calls.Add(SpawnStep.Fork, CallNumber.SetSession);
        _calls.Add(SpawnStep.Pipes, CallNumber.CloseRange, 3, unchecked((nint)uint.MaxValue));
        _calls.Add(SpawnStep.File, CallNumber.ExitGroup, TrialExitCode);
        var result = Clone(&_memory->Pid, -1);
        if (result.Errno != 0)
            return $"a trial failed at the step {result.Step}: {Errno.Describe(result.Errno)}";
        _ = Libc.Close(result.Pidfd);
        SignalInfo info = default;
        while (Libc.WaitId(Libc.P_PID, result.Pid, &info, Libc.WEXITED, null) != 0)
        {
            if (Marshal.GetLastPInvokeError() != Errno.EINTR)
                return "somebody else has waited for the child of a trial";
        }
        return info.Code == SignalInfo.CldExited && info.Status == TrialExitCode ? null : $"a trial ended with code {info.Code}, status {info.Status}";
    }

    /// <summary>What the child reads while it makes its calls.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Memory
    {
        internal SoftAndHard OpenFiles;
        internal SoftAndHard Processes;
        internal SoftAndHard AddressSpace;

        /// <summary>The kernel's <c>struct sigaction</c>: all zero is the default.</summary>
        internal fixed byte DefaultAction[32];
        internal fixed byte NoSignals[8];
        internal fixed byte Null[16];
        internal fixed byte Stdout[32];
        internal fixed byte Stderr[32];

        internal MessageHeader Birth;
        internal TwoParts BirthParts;
        internal fixed byte BirthControl[24];
        internal Guid Run;

        /// <summary>Takes the pid of a start that has no slot.</summary>
        internal int Pid;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TwoParts
    {
        internal IoVector First;
        internal IoVector Second;
    }
}
