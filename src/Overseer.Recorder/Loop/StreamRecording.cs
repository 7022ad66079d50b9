using System.Runtime.InteropServices;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Journal;
using Overseer.Recorder.Wire;

namespace Overseer.Recorder.Loop;

/// <summary>
/// Moves output from pipes into journals. When a journal has no room, its programs go on: what they print is read and counted, and the number is recorded as a gap as soon as there is
/// room. Leaving the bytes in the pipe would block the programs, and asking for them again and again would burn the processor.
/// </summary>
internal sealed unsafe class StreamRecording(RecorderState state) : IDisposable
{
    /// <summary>How much one stream may move before the others have their turn.</summary>
    internal const int BytesPerTurn = 256 * 1024;

    private const int DropBytes = 64 * 1024;

    private byte* _dropped;

    /// <summary>Records up to that many bytes. 0: there was nothing, or the stream has ended.</summary>
    internal int Move(OutputPipe pipe, int maxBytes)
    {
        var run = pipe.Run;
        var journal = run.Journal;
        if (journal.FullUntilNs != 0 && !HasRoomAgain(journal))
            return Drop(pipe, maxBytes);
        if (pipe.Dropped > 0 && !RecordGap(pipe))
            return Drop(pipe, maxBytes);
        SpliceResult result;
        try
        {
            result = journal.Writer.Splice(pipe.Descriptor, pipe.Stream, run.Pid, run.Ordinal, state.Pass.TimeNs, maxBytes);
        }
        catch (JournalException e)
        {
            NoRoom(journal, e.Message);
            return Drop(pipe, maxBytes);
        }
        switch (result.Outcome)
        {
            case SpliceOutcome.Moved:
                state.Pass.Moved(result.Bytes);
                state.Outbox.Advanced(journal);
                if (journal.SaidFull)
                    HasRoom(journal);
                return result.Bytes;
            case SpliceOutcome.Empty:
                return 0;
            case SpliceOutcome.EndOfStream:
                End(pipe);
                return 0;
            default:
                NoRoom(journal, Errno.Describe(result.Errno));
                return Drop(pipe, maxBytes);
        }
    }

    /// <summary>
    /// At a process's end: records what is in the pipe at this moment and no more, since a descendant may print for ever.
    /// </summary>
    internal void Drain(OutputPipe? pipe)
    {
        if (pipe is null)
            return;
        int left = Libc.BytesReadable(pipe.Descriptor);
        while (left > 0)
        {
            int moved = Move(pipe, left);
            if (moved == 0)
                return;
            left -= moved;
        }
    }

    /// <summary>Before an exit is recorded: says what is missing of its streams. Room is looked for at once, since this comes but once.</summary>
    internal void RecordGaps(Run run)
    {
        if (run.Stdout is { Dropped: > 0 } stdout)
            RecordGap(stdout);
        if (run.Stderr is { Dropped: > 0 } stderr)
            RecordGap(stderr);
    }

    /// <summary>All writers are gone.</summary>
    internal void End(OutputPipe pipe)
    {
        var run = pipe.Run;
        var journal = run.Journal;
        if (pipe.Dropped > 0 && !RecordGap(pipe))
            state.Exits.Owe(pipe);
        CutLine(pipe);
        state.Poller.Remove(pipe);
        _ = Libc.Close(pipe.Descriptor);
        if (pipe.Stream == OutputStream.Stdout)
            run.Stdout = null;
        else
            run.Stderr = null;
        state.Outbox.Advanced(journal);
        state.Outbox.Add(new Notice(MessageKind.StreamClosed, run, Stream: (byte)pipe.Stream));
        if (!run.NeedsJournal)
            state.Journals.Release(journal);
    }

    /// <summary>Whether it is time to try again; the next write tells the truth.</summary>
    internal bool HasRoomAgain(OpenJournal journal)
    {
        if (state.Pass.NowNs < journal.FullUntilNs)
            return false;
        journal.FullUntilNs = 0;
        return true;
    }

    internal void NoRoom(OpenJournal journal, string reason)
    {
        journal.Full(state.Pass.NowNs);
        if (journal.SaidFull)
            return;
        journal.SaidFull = true;
        state.Log($"journal {journal.Id:N} cannot be written: {reason}; output is dropped and counted until there is room");
    }

    private void HasRoom(OpenJournal journal)
    {
        journal.HasRoom();
        state.Log($"journal {journal.Id:N} has room again");
    }

    public void Dispose()
    {
        NativeMemory.Free(_dropped);
        _dropped = null;
    }

    /// <summary>Says in the journal how much of a stream is missing. False: there is no room for that either.</summary>
    internal bool RecordGap(Run run, OutputStream stream, long bytes)
    {
        try
        {
            run.Journal.Writer.AppendGap(GapReason.DiskFull, bytes, stream, run.Pid, run.Ordinal, state.Pass.TimeNs);
        }
        catch (JournalException e)
        {
            NoRoom(run.Journal, e.Message);
            return false;
        }
        state.Outbox.Advanced(run.Journal);
        return true;
    }

    private bool RecordGap(OutputPipe pipe)
    {
        if (!RecordGap(pipe.Run, pipe.Stream, pipe.Dropped))
            return false;
        pipe.Dropped = 0;
        return true;
    }

    private void CutLine(OutputPipe pipe)
    {
        var run = pipe.Run;
        try
        {
            run.Journal.Writer.CutLine(pipe.Stream, run.Pid, run.Ordinal, state.Pass.TimeNs);
        }
        catch (JournalException e)
        {
            NoRoom(run.Journal, e.Message);
        }
    }

    private int Drop(OutputPipe pipe, int maxBytes)
    {
        if (_dropped == null)
            _dropped = (byte*)NativeMemory.Alloc(DropBytes);
        nint read = Libc.Read(pipe.Descriptor, _dropped, (nuint)Math.Min(maxBytes, DropBytes));
        if (read == 0)
            End(pipe);
        if (read <= 0)
            return 0;
        pipe.Dropped += read;
        state.Pass.Moved((int)read);
        return (int)read;
    }
}
