using Overseer.Recorder.Wire;

namespace Overseer.Recorder.Loop;

/// <summary>What another recorder has to know of a run to go on with it.</summary>
internal static unsafe class Handing
{
    internal static HandoverMessage Of(Run run)
    {
        var journal = run.Journal.Options;
        var message = new HandoverMessage
        {
            Size = sizeof(HandoverMessage),
            Flags = HandoverFlags.StartReported,
            RunId = run.Id,
            JournalId = run.Journal.Id,
            Run = run.Ordinal,
            Pid = run.Pid,
            ProcessStartTime = run.ProcessStartTime,
            StartedNs = run.StartedNs,
            MaxLineBytes = journal.MaxLineBytes,
            IndexIntervalBytes = journal.IndexIntervalBytes,
            SegmentBytes = journal.SegmentBytes,
            Input = run.Input,
            HolderPid = run.InputHolder.Pid,
            HolderStartTime = run.InputHolder.ProcessStartTime,
            DroppedStdout = run.OwedStdout + (run.Stdout?.Dropped ?? 0),
            DroppedStderr = run.OwedStderr + (run.Stderr?.Dropped ?? 0),
        };
        if (journal.BlockWhenFull)
            message.Flags |= HandoverFlags.BlockWhenFull;
        if (run.Stdout is null)
            message.Flags |= HandoverFlags.StdoutClosed;
        if (run.Stderr is null)
            message.Flags |= HandoverFlags.StderrClosed;
        if (run.Exit is { } exit)
            SetExit(ref message, new ExitStatus(exit.ExitCode, exit.Signal, exit.UserMicroseconds, exit.SystemMicroseconds, exit.MaxRssKilobytes, run.ExitedNs));
        else if (run.GivenExit is { } given)
            SetExit(ref message, given);
        return message;
    }

    /// <summary>One that this recorder could not take over itself goes on as it came.</summary>
    internal static HandoverMessage Of(Adoption adoption)
    {
        var message = adoption.Message;
        message.Size = sizeof(HandoverMessage);
        message.Ropes = RopeFlags.None;
        message.Input = adoption.Input;
        if (adoption.Exit is { } exit)
            SetExit(ref message, exit);
        return message;
    }

    /// <summary>The descriptors of process, standard output, standard error and standard input; -1 for what is not open.</summary>
    internal static (int Process, int Stdout, int Stderr, int Stdin) RopesOf(Run run) =>
        (run.Process?.Descriptor ?? -1, run.Stdout?.Descriptor ?? -1, run.Stderr?.Descriptor ?? -1, run.Stdin);

    internal static (int Process, int Stdout, int Stderr, int Stdin) RopesOf(Adoption adoption) => (adoption.PidFd, adoption.Stdout, adoption.Stderr, adoption.Stdin);

    private static void SetExit(ref HandoverMessage message, in ExitStatus exit)
    {
        message.Flags |= HandoverFlags.Exit;
        message.ExitCode = exit.ExitCode;
        message.Signal = exit.Signal;
        message.UserMicroseconds = exit.UserMicroseconds;
        message.SystemMicroseconds = exit.SystemMicroseconds;
        message.MaxRssKilobytes = exit.MaxRssKilobytes;
        message.ExitedNs = exit.TimeNs;
    }
}
