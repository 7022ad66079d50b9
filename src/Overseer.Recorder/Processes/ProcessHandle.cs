using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overseer.Recorder.Processes;

/// <summary>
/// A pidfd that is known to be of the process meant. The order is what makes it safe: first the descriptor, which pins whoever has the number now, then a
/// look at the start time; from then on the number may be reused without harm.
/// </summary>
internal sealed class ProcessHandle : IDisposable
{
    private const int NoSuchProcess = 3; // ESRCH

    private readonly SafeFileHandle _pidfd;

    private ProcessHandle(ProcessIdentity identity, SafeFileHandle pidfd)
    {
        Identity = identity;
        _pidfd = pidfd;
    }

    internal ProcessIdentity Identity { get; }

    internal SafeHandle Descriptor => _pidfd;

    /// <summary>Whether the process (all its threads) has exited; a zombie has.</summary>
    internal unsafe bool HasExited
    {
        get
        {
            var poll = new Interop.Interop.PollPidfd { Descriptor = (int)_pidfd.DangerousGetHandle(), Events = Interop.Interop.PollIn };
            return Interop.Interop.PollPidfds(&poll, 1, 0) > 0;
        }
    }

    /// <summary>Opens the process; null when it is gone or its number belongs to another one by now.</summary>
    internal static ProcessHandle? Open(ProcessIdentity identity)
    {
        int descriptor = Interop.Interop.PidfdOpen(identity.Pid);
        if (descriptor < 0)
            return null;
        var pidfd = new SafeFileHandle(descriptor, ownsHandle: true);
        if (ProcessStat.TryRead(identity.Pid, out ProcessStat now) && now.StartTime == identity.StartTime)
            return new ProcessHandle(identity, pidfd);
        pidfd.Dispose();
        return null;
    }

    /// <summary>Another descriptor of the same process; null when there are none left.</summary>
    internal ProcessHandle? Duplicate()
    {
        int descriptor = Interop.Interop.Duplicate((int)_pidfd.DangerousGetHandle());
        return descriptor < 0 ? null : new ProcessHandle(Identity, new SafeFileHandle(descriptor, ownsHandle: true));
    }

    /// <summary>Sends the signal; false when the kernel refuses it. A process that is gone counts as reached: nothing is left to do.</summary>
    internal bool TrySend(int signal)
        => Interop.Interop.PidfdSendSignal(_pidfd, signal) == 0 || Marshal.GetLastPInvokeError() == NoSuchProcess;

    /// <summary>Sends the signal to the process group that has the process's number, if there is one.</summary>
    /// <returns>0, or the errno: ESRCH when there is no such group, EINVAL when the kernel cannot.</returns>
    internal int SendToGroup(int signal)
        => Interop.Interop.PidfdSendSignal(_pidfd, signal, Interop.Interop.PIDFD_SIGNAL_PROCESS_GROUP) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Sends the signal.</summary>
    /// <returns>0, or the errno: ESRCH when the process is gone, EPERM when it is not ours to signal.</returns>
    internal int Send(int signal) => Interop.Interop.PidfdSendSignal(_pidfd, signal) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Waits until one of them has exited, or the time is up.</summary>
    internal static unsafe void WaitForExit(IReadOnlyList<ProcessHandle> processes, int timeoutMilliseconds)
    {
        Span<Interop.Interop.PollPidfd> polls = processes.Count <= 64 ? stackalloc Interop.Interop.PollPidfd[64] : new Interop.Interop.PollPidfd[processes.Count];
        for (int i = 0; i < processes.Count; i++)
            polls[i] = new Interop.Interop.PollPidfd { Descriptor = (int)processes[i]._pidfd.DangerousGetHandle(), Events = Interop.Interop.PollIn };
        fixed (Interop.Interop.PollPidfd* first = polls)
        {
            _ = Interop.Interop.PollPidfds(first, (nuint)processes.Count, timeoutMilliseconds);
        }
    }

    public void Dispose() => _pidfd.Dispose();
}
