using Overseer.Recorder.Journal;
using Overseer.Recorder.Spawning;
using Overseer.Recorder.Wire;

namespace Overseer.Recorder.Loop;

/// <summary>
/// What the server has still to be told. Starts, exits and closed streams wait in order and are never dropped: there are at most four for each run, and a run stays until the server
/// has stored it. Of a journal only the newest end matters, so it is in the list at most once, whatever the server's speed: this is what makes the memory bounded
/// when the server does not read. Without a connection nothing is kept; a new server is told everything from the runs and journals themselves.
/// </summary>
internal sealed class Outbox
{
    private readonly Queue<Notice> _notices = new(256);
    private readonly Queue<OpenJournal> _advanced = new(64);

    /// <summary>Whether somebody is there to be told.</summary>
    internal bool Connected { get; set; }

    internal bool IsEmpty => _notices.Count == 0 && _advanced.Count == 0;

    internal void Add(in Notice notice)
    {
        if (Connected)
            _notices.Enqueue(notice);
    }

    internal void Advanced(OpenJournal journal)
    {
        if (journal.Dirty || !Connected)
            return;
        journal.Dirty = true;
        _advanced.Enqueue(journal);
    }

    /// <summary>All there is to say about a run: for a new server, or one that asks for it a second time.</summary>
    /// <param name="run">The run.</param>
    /// <param name="ropes">Whether the server needs duplicates of its pipes.</param>
    internal void Report(Run run, bool ropes = true)
    {
        Add(new Notice(MessageKind.RunStarted, run, Ropes: ropes));
        if (run.Stdout is null)
            Add(new Notice(MessageKind.StreamClosed, run, Stream: (byte)OutputStream.Stdout));
        if (run.Stderr is null)
            Add(new Notice(MessageKind.StreamClosed, run, Stream: (byte)OutputStream.Stderr));
        if (run.Exit is not null)
            Add(new Notice(MessageKind.RunExited, run));
    }

    /// <summary>A run for a recorder of another version.</summary>
    internal void Hand(Run run) => _notices.Enqueue(new Notice(MessageKind.Handover, run));

    /// <summary>A run that this recorder could not go on with itself.</summary>
    internal void Hand(Adoption adoption) => _notices.Enqueue(new Notice(MessageKind.Handover, Adoption: adoption));

    /// <summary>That was the last one.</summary>
    internal void HandDone() => _notices.Enqueue(new Notice(MessageKind.ExportDone));

    internal void Clear()
    {
        _notices.Clear();
        while (_advanced.TryDequeue(out var journal))
            journal.Dirty = false;
    }

    /// <summary>Moves as much as has room.</summary>
    internal void Fill(SendBuffer buffer)
    {
        while (_notices.TryPeek(out var notice))
        {
            if (!TryPut(buffer, in notice))
                return;
            _notices.Dequeue();
        }
        while (buffer.HasRoom(128) && _advanced.TryDequeue(out var journal))
        {
            journal.Dirty = false;
            PutAdvanced(buffer, journal);
        }
    }

    private static bool TryPut(SendBuffer buffer, in Notice notice)
    {
        if (!buffer.HasRoom(notice.Kind == MessageKind.SpawnFailed ? FailureCodec.MaxBytes : 256))
            return false;
        switch (notice.Kind)
        {
            case MessageKind.RunStarted:
                PutStarted(buffer, notice.Run!, notice.Ropes);
                break;
            case MessageKind.Handover:
                return TryPutHandover(buffer, notice.Run, notice.Adoption);
            case MessageKind.RunExited:
                PutExited(buffer, notice.Run!);
                break;
            case MessageKind.StreamClosed:
                buffer.Put(notice.Kind, new StreamClosedMessage { RunId = notice.Run!.Id, Stream = (OutputStream)notice.Stream });
                break;
            case MessageKind.SpawnFailed:
                var failed = FailureCodec.Encode(notice.Failure!, out byte[] tail);
                buffer.Put(notice.Kind, in failed, tail);
                break;
            case MessageKind.JournalAdvanced:
                PutAdvanced(buffer, notice.Journal!);
                break;
            default:
                buffer.Put(notice.Kind);
                break;
        }
        return true;
    }

    private static void PutAdvanced(SendBuffer buffer, OpenJournal journal) =>
        buffer.Put(MessageKind.JournalAdvanced, new JournalAdvancedMessage { JournalId = journal.Id, End = journal.End, Growth = journal.Writer.TakeGrowth() });

    private static void PutStarted(SendBuffer buffer, Run run, bool ropes)
    {
        var message = new RunStartedMessage
        {
            RunId = run.Id,
            JournalId = run.Journal.Id,
            Pid = run.Pid,
            Run = run.Ordinal,
            ProcessStartTime = run.ProcessStartTime,
            TimeNs = run.StartedNs,
            Input = run.Input,
            HolderPid = run.InputHolder.Pid,
            HolderStartTime = run.InputHolder.ProcessStartTime,
        };
        var (process, stdout, stderr, stdin) = Handing.RopesOf(run);
        message.Ropes = Attach(buffer, process, RopeFlags.PidFd);
        if (ropes)
            message.Ropes |= Attach(buffer, stdout, RopeFlags.Stdout) | Attach(buffer, stderr, RopeFlags.Stderr) | Attach(buffer, stdin, RopeFlags.Stdin);
        buffer.PutWithRopes(MessageKind.RunStarted, in message);
    }

    /// <summary>False: without ropes the run would be lost, and there will be descriptors when those before have been sent.</summary>
    private static bool TryPutHandover(SendBuffer buffer, Run? run, Adoption? adoption)
    {
        var message = run is null ? Handing.Of(adoption!) : Handing.Of(run);
        var (process, stdout, stderr, stdin) = run is null ? Handing.RopesOf(adoption!) : Handing.RopesOf(run);
        message.Ropes = Attach(buffer, process, RopeFlags.PidFd) | Attach(buffer, stdout, RopeFlags.Stdout) | Attach(buffer, stderr, RopeFlags.Stderr)
            | Attach(buffer, stdin, RopeFlags.Stdin);
        bool missing = (process >= 0 && !message.Ropes.HasFlag(RopeFlags.PidFd))
            || (stdout >= 0 && !message.Ropes.HasFlag(RopeFlags.Stdout))
            || (stderr >= 0 && !message.Ropes.HasFlag(RopeFlags.Stderr))
            || (stdin >= 0 && !message.Ropes.HasFlag(RopeFlags.Stdin));
        if (missing && !buffer.IsEmpty)
        {
            buffer.Detach();
            return false;
        }
        buffer.PutWithRopes(MessageKind.Handover, in message);
        return true;
    }

    private static RopeFlags Attach(SendBuffer buffer, int descriptor, RopeFlags rope) =>
        descriptor >= 0 && buffer.TryAttach(descriptor) ? rope : RopeFlags.None;

    private static void PutExited(SendBuffer buffer, Run run)
    {
        var exit = run.Exit!;
        buffer.Put(MessageKind.RunExited, new RunExitedMessage
        {
            RunId = run.Id,
            JournalId = run.Journal.Id,
            Pid = run.Pid,
            Run = run.Ordinal,
            ExitCode = exit.ExitCode,
            Signal = exit.Signal,
            UserMicroseconds = exit.UserMicroseconds,
            SystemMicroseconds = exit.SystemMicroseconds,
            MaxRssKilobytes = exit.MaxRssKilobytes,
            ExitSegment = run.ExitChunk.Segment,
            ExitOffset = run.ExitChunk.Offset,
            End = run.ExitEnd,
            TimeNs = run.ExitedNs,
            Growth = run.Journal.Writer.TakeGrowth(),
        });
    }
}
