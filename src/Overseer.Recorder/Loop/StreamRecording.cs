using System.Runtime.InteropServices;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Journal;
using Overseer.Recorder.Wire;

namespace Overseer.Recorder.Loop;

/// <summary>
/// Moves output from pipes into journals. When a journal has no room, its programs go on: what they print is read and counted, and the number is recorded as a gap as soon as there is
/// room. Leaving the bytes in the pipe would block the programs, and asking for them again and again would burn the processor. A journal may ask for just that
/// (<see cref="JournalOptions.BlockWhenFull"/>): then its pipes are not waited for until room is looked for again, with the same growing pauses, and nothing is missing.
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
            return Refuse(pipe, maxBytes);
        if (pipe.Dropped > 0 && !RecordGap(pipe))
            return Refuse(pipe, maxBytes);
        SpliceResult result;
        try
        {
            result = journal.Writer.Splice(pipe.Descriptor, pipe.Stream, run.Pid, run.Ordinal, state.Pass.TimeNs, maxBytes);
        }
        catch (JournalException e)
        {
            NoRoom(journal, e.Message);
            return Refuse(pipe, maxBytes);
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
                return Refuse(pipe, maxBytes);
        }
    }

    /// <summary>
    /// At a process's end: records what is in the pipe at this moment and no more, since a descendant may print for ever.
    /// </summary>
    internal void Drain(OutputPipe? pipe)
    {
        if (pipe is null)
            return;
        pipe.Left = Libc.BytesReadable(pipe.Descriptor);
        _ = TryDrain(pipe);
    }

    /// <summary>Records what was in the pipe at the process's end. False: there is no room, and the rest stays where it is.</summary>
    internal bool TryDrain(OutputPipe pipe)
    {
        while (pipe.Left > 0)
        {
            int moved = Move(pipe, pipe.Left);
            if (moved == 0 && pipe.Run.Journal is { BlockWhenFull: true, FullUntilNs: not 0 })
                return false;
            pipe.Left = moved == 0 ? 0 : pipe.Left - Math.Min(moved, pipe.Left);
        }
        return true;
    }

    /// <summary>There may be room again: the journal's pipes are waited for, and say themselves whether there is.</summary>
    internal void Release(OpenJournal journal)
    {
        for (int i = journal.Held!.Count - 1; i >= 0; i--)
        {
            var pipe = journal.Held[i];
            if (state.Poller.Add(pipe, EpollEvent.In) != 0)
                continue;
            pipe.Held = false;
            journal.Held.RemoveAt(i);
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
        CutLine(run, pipe.Stream);
        state.Poller.Remove(pipe);
        if (pipe.Held)
            journal.Held!.Remove(pipe);
        _ = Libc.Close(pipe.Descriptor);
        if (pipe.Stream == OutputStream.Stdout)
            run.Stdout = null;
        else
            run.Stderr = null;
        state.Outbox.Advanced(journal);
        state.Outbox.Add(new Notice(MessageKind.StreamClosed, run, Stream: (byte)pipe.Stream));
        if (!run.NeedsJournal)
            state.Settled(run);
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
        string until = journal.BlockWhenFull ? "programs wait until there is room" : "output is dropped and counted until there is room";
        state.Log($"journal {journal.Id:N} cannot be written: {reason}; {until}");
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

    /// <summary>The stream has ended: its unfinished line is finished.</summary>
    internal void CutLine(Run run, OutputStream stream)
    {
        try
        {
            run.Journal.Writer.CutLine(stream, run.Pid, run.Ordinal, state.Pass.TimeNs);
        }
        catch (JournalException e)
        {
            NoRoom(run.Journal, e.Message);
        }
    }

    private int Refuse(OutputPipe pipe, int maxBytes) => pipe.Run.Journal.BlockWhenFull ? Hold(pipe) : Drop(pipe, maxBytes);

    /// <summary>Leaves the bytes where they are. Not by an empty set of events: a hang-up would be told for ever.</summary>
    private int Hold(OutputPipe pipe)
    {
        if (pipe.Held)
            return 0;
        var journal = pipe.Run.Journal;
        pipe.Held = true;
        state.Poller.Remove(pipe);
        (journal.Held ??= []).Add(pipe);
        state.Exits.LookForRoom(journal);
        return 0;
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
