using System.Runtime.InteropServices;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Processes;
using Overseer.Recorder.Takeover;
using Overseer.Recorder.Wire;

namespace Overseer.Recorder.Loop;

/// <summary>Which process an adopted run means, and whether it lives.</summary>
internal static unsafe class AdoptedProcess
{
    /// <summary>Puts a pidfd into the adoption if the process can be had at all, living or not, and takes away one that is of another process.</summary>
    /// <param name="adoption">The run.</param>
    /// <param name="alive">Whether it lives.</param>
    /// <returns>False: that cannot be told at the moment, for want of a descriptor.</returns>
    internal static bool TryFind(Adoption adoption, out bool alive)
    {
        alive = false;
        bool given = adoption.PidFd >= 0;
        if (!given && !adoption.Is(HandoverFlags.Gone) && adoption.Message.Pid > 0)
        {
            // First the descriptor, which pins whoever has the number now; then a look at who that is.
            adoption.PidFd = Libc.PidfdOpen(adoption.Message.Pid);
            if (adoption.PidFd < 0 && Marshal.GetLastPInvokeError() is Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM)
                return false;
        }
        if (adoption.PidFd < 0)
            return true;
        bool ended = HasEnded(adoption.PidFd);
        // One that was given and has ended may have lost its number to another since.
        if (adoption.Is(HandoverFlags.Gone) || !(given && ended) && !IsMeant(adoption, given))
        {
            _ = Libc.Close(adoption.PidFd);
            adoption.PidFd = -1;
            return true;
        }
        alive = !ended;
        return true;
    }

    private static bool HasEnded(int pidfd)
    {
        var readable = new PollEntry { Descriptor = pidfd, Events = Libc.POLLIN };
        return Libc.Poll(&readable, 1, 0) > 0;
    }

    private static bool IsMeant(Adoption adoption, bool given)
    {
        int pid = adoption.Message.Pid;
        if (adoption.Message.ProcessStartTime != 0)
            return Spawning.ProcessStat.StartTime(pid) == adoption.Message.ProcessStartTime;
        return given || HoldsPipe(pid, adoption.Stdout) || HoldsPipe(pid, adoption.Stderr) || RunMark.Of(pid) == adoption.Message.RunId;
    }

    private static bool HoldsPipe(int pid, int pipe) => pipe >= 0 && PipeInodes.Of(pipe) is var inode and not 0 && PipeFinder.Holds(pid, inode);
}
