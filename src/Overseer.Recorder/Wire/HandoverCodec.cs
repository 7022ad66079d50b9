using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Journal;
using Overseer.Recorder.Takeover;

namespace Overseer.Recorder.Wire;

/// <summary>A run that changes hands, on the wire.</summary>
internal static unsafe class HandoverCodec
{
    /// <summary>More than this is not a run, whatever the version.</summary>
    private const int MaxBytes = 64 * 1024;

    /// <summary>Sends it with its ropes, which stay the caller's.</summary>
    internal static void Send(RecorderSender sender, MessageKind kind, RunHandover run)
    {
        Span<int> descriptors = stackalloc int[4];
        Span<bool> referenced = stackalloc bool[4];
        int count = 0;
        var message = Encode(run);
        try
        {
            message.Ropes |= Add(run.PidFd, RopeFlags.PidFd, descriptors, referenced, ref count);
            message.Ropes |= Add(run.StandardOutput, RopeFlags.Stdout, descriptors, referenced, ref count);
            message.Ropes |= Add(run.StandardError, RopeFlags.Stderr, descriptors, referenced, ref count);
            message.Ropes |= Add(run.StandardInput, RopeFlags.Stdin, descriptors, referenced, ref count);
            byte[] frame = new byte[FrameHeader.Size + sizeof(HandoverMessage)];
            var header = new FrameHeader { Length = sizeof(HandoverMessage), Kind = kind, Descriptors = (ushort)count };
            MemoryMarshal.Write(frame, in header);
            MemoryMarshal.Write(frame.AsSpan(FrameHeader.Size), in message);
            sender.Send(frame, descriptors[..count]);
        }
        finally
        {
            Release(run.PidFd, message.Ropes.HasFlag(RopeFlags.PidFd));
            Release(run.StandardOutput, message.Ropes.HasFlag(RopeFlags.Stdout));
            Release(run.StandardError, message.Ropes.HasFlag(RopeFlags.Stderr));
            Release(run.StandardInput, message.Ropes.HasFlag(RopeFlags.Stdin));
        }
    }

    /// <summary>Takes a message of any version: what it lacks is zero, what it has more is left.</summary>
    /// <exception cref="InvalidDataException">It is not well-formed.</exception>
    internal static HandoverMessage Read(byte* body, int length)
    {
        if (length < sizeof(int) || length > MaxBytes || *(int*)body != length)
            throw new InvalidDataException("a handover does not have the length it says");
        HandoverMessage message = default;
        Buffer.MemoryCopy(body, &message, sizeof(HandoverMessage), Math.Min(length, sizeof(HandoverMessage)));
        return message;
    }

    internal static HandoverMessage Encode(RunHandover run)
    {
        var exit = run.Exit.GetValueOrDefault();
        return new HandoverMessage
        {
            Size = sizeof(HandoverMessage),
            Flags = Flag(run.StartReported, HandoverFlags.StartReported) | Flag(run.Gone, HandoverFlags.Gone) | Flag(run.Exit is not null, HandoverFlags.Exit)
                | Flag(run.StandardOutputClosed, HandoverFlags.StdoutClosed) | Flag(run.StandardErrorClosed, HandoverFlags.StderrClosed)
                | Flag(run.Journal.BlockWhenFull, HandoverFlags.BlockWhenFull),
            RunId = run.RunId,
            JournalId = run.JournalId,
            Run = run.Run,
            Pid = run.Pid,
            ProcessStartTime = run.ProcessStartTime,
            StartedNs = run.StartedNs,
            MaxLineBytes = run.Journal.MaxLineBytes,
            IndexIntervalBytes = run.Journal.IndexIntervalBytes,
            SegmentBytes = run.Journal.SegmentBytes,
            ExitCode = exit.ExitCode,
            Signal = exit.Signal,
            UserMicroseconds = exit.UserMicroseconds,
            SystemMicroseconds = exit.SystemMicroseconds,
            MaxRssKilobytes = exit.MaxRssKilobytes,
            ExitedNs = exit.TimeNs,
            DroppedStdout = run.DroppedStdout,
            DroppedStderr = run.DroppedStderr,
            Input = run.Input,
            HolderPid = run.InputHolder.Pid,
            HolderStartTime = run.InputHolder.ProcessStartTime,
        };
    }

    internal static RunHandover Decode(in HandoverMessage message, SafeHandle? pidfd, SafeFileHandle? stdout, SafeFileHandle? stderr, SafeFileHandle? stdin) => new()
    {
        RunId = message.RunId,
        JournalId = message.JournalId,
        Run = message.Run,
        Pid = message.Pid,
        ProcessStartTime = message.ProcessStartTime,
        StartedNs = message.StartedNs,
        Journal = JournalOf(in message),
        StartReported = message.Flags.HasFlag(HandoverFlags.StartReported),
        Gone = message.Flags.HasFlag(HandoverFlags.Gone),
        PidFd = pidfd,
        StandardOutput = stdout,
        StandardError = stderr,
        StandardOutputClosed = message.Flags.HasFlag(HandoverFlags.StdoutClosed),
        StandardErrorClosed = message.Flags.HasFlag(HandoverFlags.StderrClosed),
        Exit = ExitOf(in message),
        DroppedStdout = message.DroppedStdout,
        DroppedStderr = message.DroppedStderr,
        Input = message.Input,
        StandardInput = stdin,
        InputHolder = new InputHolder(message.HolderPid, message.HolderStartTime),
    };

    internal static JournalOptions JournalOf(in HandoverMessage message) => new()
    {
        MaxLineBytes = message.MaxLineBytes,
        IndexIntervalBytes = message.IndexIntervalBytes,
        SegmentBytes = message.SegmentBytes,
        BlockWhenFull = message.Flags.HasFlag(HandoverFlags.BlockWhenFull),
    };

    internal static ExitStatus? ExitOf(in HandoverMessage message) => message.Flags.HasFlag(HandoverFlags.Exit)
        ? new ExitStatus(message.ExitCode, message.Signal, message.UserMicroseconds, message.SystemMicroseconds, message.MaxRssKilobytes, message.ExitedNs)
        : null;

    private static HandoverFlags Flag(bool set, HandoverFlags flag) => set ? flag : HandoverFlags.None;

    private static RopeFlags Add(SafeHandle? handle, RopeFlags rope, Span<int> descriptors, Span<bool> referenced, ref int count)
    {
        if (handle is null || handle.IsInvalid || handle.IsClosed)
            return RopeFlags.None;
        try
        {
            handle.DangerousAddRef(ref referenced[count]);
        }
        catch (ObjectDisposedException)
        {
            // The input was closed at this moment.
            return RopeFlags.None;
        }
        descriptors[count++] = (int)handle.DangerousGetHandle();
        return rope;
    }

    private static void Release(SafeHandle? handle, bool referenced)
    {
        if (referenced)
            handle!.DangerousRelease();
    }
}
