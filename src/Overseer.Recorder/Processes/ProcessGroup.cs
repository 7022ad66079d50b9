using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Processes;

/// <summary>
/// Signals a process with its group when it leads one, and it alone when it does not. A process is held by its pidfd, and so is the number of the group it leads, on kernels that
/// can signal a group through one (6.9); on others the members are signalled one by one, each known by number and start time. This process and the recorder are never signalled, nor is a group's pid 1.
/// </summary>
internal static class ProcessGroup
{
    /// <summary>Sends the signal to the group that the process leads, else to the process.</summary>
    /// <param name="process">The process; it may be dead: then only what is left of its group is signalled.</param>
    /// <param name="signal">The signal.</param>
    /// <param name="recorderPid">The recorder; 0 when there is none.</param>
    /// <returns>0, or the errno: ESRCH when nobody was there.</returns>
    internal static int Send(ProcessHandle process, int signal, int recorderPid)
    {
        int pid = process.Identity.Pid;
        if (pid == Environment.ProcessId || pid == recorderPid)
            return Errno.EPERM;
        int errno = HasOneOfUs(pid, recorderPid) ? Errno.EINVAL : process.SendToGroup(signal);
        return errno switch
        {
            Errno.ESRCH => process.Send(signal),
            Errno.EINVAL => SendToEach(process, signal, recorderPid),
            _ => errno,
        };
    }

    /// <summary>Who lives in the group that has this number, and in it is not one of us.</summary>
    internal static IReadOnlyList<ProcessIdentity> Members(int group, int recorderPid)
    {
        var members = new List<ProcessIdentity>();
        foreach (int pid in ProcessList.Pids())
        {
            if (pid != Environment.ProcessId && pid != recorderPid && ProcessStat.TryRead(pid, out var stat) && stat.Group == group && stat.State is not ('Z' or 'X'))
                members.Add(stat.Identity);
        }
        return members;
    }

    private static bool HasOneOfUs(int group, int recorderPid) => GroupOf(Environment.ProcessId) == group || (recorderPid > 0 && GroupOf(recorderPid) == group);

    private static int GroupOf(int pid) => ProcessStat.TryRead(pid, out var stat) ? stat.Group : -1;

    /// <summary>The number of a group means what it says as long as its leader is there.</summary>
    private static int SendToEach(ProcessHandle process, int signal, int recorderPid)
    {
        int pid = process.Identity.Pid;
        if (GroupOf(pid) != pid || process.HasExited)
            return process.Send(signal);
        var members = Members(pid, recorderPid);
        if (process.HasExited)
            return Errno.ESRCH;
        foreach (ProcessIdentity member in members)
        {
            if (member.Pid == pid || member.Pid == 1)
                continue;
            using ProcessHandle? handle = ProcessHandle.Open(member);
            _ = handle?.Send(signal);
        }
        return process.Send(signal);
    }
}
