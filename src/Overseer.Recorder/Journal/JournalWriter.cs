using System.Runtime.InteropServices;
using static Overseer.Recorder.Interop.Interop;

namespace Overseer.Recorder.Journal;

// Writes one journal. What must hold:
//   - Intent, splice, done. The header of a chunk is in the file, in state open, before bytes leave the pipe; they follow it in the file; then the
//     header is overwritten in state done with length, lines and checksums. At each moment at which the process can die, the file says which
//     stream the torn tail belongs to.
//   - Nothing is written behind the tail, so the file's size says what arrived.
//   - After an error the writer is where it was before: End, lanes and file agree, and the same call may be made again.
//   - No managed allocation per chunk.
// Not thread-safe; the scratch buffer is shared with the other writers of the thread.
internal sealed unsafe class JournalWriter : IDisposable
{
    private const int UsualPipeBytes = 64 << 10;
    private readonly string _directory;
    private readonly JournalOptions _options;
    private readonly JournalBuffer _scratch;
    private readonly LaneTable _lanes = new();
    private readonly SpaceReserve _reserve = new();
    private SegmentFile _segment;
    private SegmentIndexWriter _index;
    private JournalEnd _end;
    private JournalGrowth _growth;

    // The open header at the tail, if there is one; and how many bytes were spliced behind it without the header being finished (its rewriting failed).
    private ChunkHeader _open;
    private bool _hasOpen;
    private int _unsealed;

    private JournalWriter(string directory, JournalOptions options, JournalBuffer scratch, SegmentFile segment)
    {
        _directory = directory;
        _options = options;
        _scratch = scratch;
        _segment = segment;
        _index = NewIndex(segment);
    }

    /// <summary>The journal's directory.</summary>
    internal string Place => _directory;

    /// <summary>After the last finished chunk.</summary>
    internal JournalEnd End => _end;

    /// <summary>What came into the journal since this was asked last.</summary>
    internal JournalGrowth TakeGrowth()
    {
        var growth = _growth;
        _growth = default;
        return growth;
    }

    /// <summary>Creates a journal (directory 0700, files 0600), or repairs and continues it.</summary>
    /// <param name="createdNs">Unix time in ns, noted in a new segment's header.</param>
    /// <param name="patience">How often to wait 10 ms for another writer to let go: a server that rolls the journal of an ended task has it for a moment.</param>
    /// <exception cref="JournalLockedException">Another writer has it.</exception>
    /// <exception cref="JournalFormatException">The newest segment is not one that can be continued.</exception>
    /// <exception cref="JournalException">Any other error; the message names the file.</exception>
    internal static JournalWriter Open(string directory, JournalOptions options, JournalBuffer scratch, long createdNs = 0, int patience = 0)
    {
        options.Validate();
        // A directory that was made just now holds nothing to look for: starts of short tasks are quicker for it.
        long firstLine = 1;
        if (!TryCreateDirectory(directory) && OpenLast(directory, patience, out firstLine) is { } last)
        {
            return Continue(new JournalWriter(directory, options, scratch, last));
        }

        var id = Guid.TryParseExact(Path.GetFileName(Path.TrimEndingDirectorySeparator(directory)), "N", out var named) ? named : Guid.Empty;
        var segment = SegmentCreator.Begin(directory, new SegmentHeader(options.MaxLineBytes, firstLine, createdNs, id));
        SegmentCreator.Publish(directory, segment);
        var writer = new JournalWriter(directory, options, scratch, segment) { _end = new JournalEnd(firstLine, SegmentHeader.Size, firstLine) };
        writer._reserve.Reset(SegmentHeader.Size);
        return writer;
    }

    /// <summary>Moves what is in the pipe, at most <paramref name="maxBytes"/> and at most a chunk, to the journal.</summary>
    /// <param name="pipe">Read end; need not be non-blocking.</param>
    /// <param name="timeNs">Unix time in ns at which it was seen readable.</param>
    /// <exception cref="JournalException">An error other than a lack of space, such as EIO or a descriptor that is no pipe.</exception>
    internal SpliceResult Splice(int pipe, OutputStream stream, int pid, int run, long timeNs, int maxBytes = 256 * 1024)
    {
        var errno = Seal();
        if (errno != 0)
        {
            return SpliceResult.NoSpace(errno);
        }

        RollIfDue(timeNs);
        var place = ChunkHeader.PlaceAfter(_end.Offset);
        var wanted = Math.Min(maxBytes, ChunkHeader.MaxLength);
        var room = _reserve.RoomForOutput(_segment.Handle, place + ChunkHeader.Size, wanted, Math.Min(wanted, UsualPipeBytes), out errno);
        if (room == 0)
        {
            return SpliceResult.NoSpace(errno);
        }

        errno = WriteOpenHeader(stream, pid, run, timeNs, place);
        if (errno != 0)
        {
            CutFileBack();
            return JournalErrno.MeansFull(errno) ? SpliceResult.NoSpace(errno) : throw JournalException.FromErrno("write", _segment.Path, errno);
        }

        var offset = place + ChunkHeader.Size;
        nint moved;
        do
        {
            moved = Interop.Interop.Splice(pipe, null, _segment.Handle, &offset, (nuint)room, SpliceMove | SpliceNonBlock);
            errno = moved < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
        while (errno == JournalErrno.Interrupted);

        if (errno == JournalErrno.Again)
        {
            return SpliceResult.Empty;
        }

        if (errno != 0)
        {
            return JournalErrno.MeansFull(errno)
                ? SpliceResult.NoSpace(errno)
                : throw JournalException.FromErrno("move a pipe's content to", _segment.Path, errno);
        }

        if (moved == 0)
        {
            return SpliceResult.EndOfStream;
        }

        _unsealed = (int)moved;
        _open.TimeNs = timeNs;
        errno = Seal();
        return errno == 0 ? SpliceResult.Moved((int)moved) : SpliceResult.NoSpace(errno);
    }

    /// <summary>Adds output that is already in memory.</summary>
    /// <exception cref="JournalFullException">No room; chunks of 256 KiB before that point are in the journal, <see cref="End"/> tells.</exception>
    internal void Append(OutputStream stream, int pid, int run, long timeNs, ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            BeginRecord(timeNs);
            var part = data[..Math.Min(data.Length, ChunkHeader.MaxLength)];
            var place = ChunkHeader.PlaceAfter(_end.Offset);
            var room = _reserve.RoomForOutput(_segment.Handle, place + ChunkHeader.Size, part.Length, part.Length, out var errno);
            if (room < part.Length)
            {
                throw new JournalFullException(_segment.Path, errno);
            }

            var lane = _lanes.Get(run, stream);
            var header = NewHeader(ChunkKind.Output, stream, pid, run, timeNs);
            SetPending(ref header, lane, place);
            header.Lines = Advance(ref lane, part, place, pid);
            part.CopyTo(Payload);
            WriteRecord(ref header, part.Length, place);
            _lanes.Set(lane);
            data = data[part.Length..];
        }
    }

    /// <summary>Notes that a run began.</summary>
    /// <exception cref="JournalFullException">No room; nothing was written.</exception>
    internal void AppendStarted(Guid runId, int pid, int run, long processStartTime, long timeNs)
    {
        BeginRecord(timeNs);
        var header = NewHeader(ChunkKind.Started, OutputStream.None, pid, run, timeNs);
        ChunkPayload.WriteStarted(Payload, runId, processStartTime);
        WriteRecord(ref header, ChunkPayload.StartedSize, ChunkHeader.PlaceAfter(_end.Offset));
    }

    /// <summary>Notes that a run's process ended and finishes the unfinished lines of that run, stdout's first.</summary>
    /// <returns>Where the record begins: every entry before it is output or older.</returns>
    /// <exception cref="JournalFullException">No room; nothing was written.</exception>
    internal JournalPosition AppendExited(ExitRecord exit, long timeNs)
    {
        BeginRecord(timeNs);
        var place = ChunkHeader.PlaceAfter(_end.Offset);
        var header = NewHeader(ChunkKind.Exited, OutputStream.None, exit.Pid, exit.Run, timeNs);
        var stdout = PendingLine.Of(_lanes.Get(exit.Run, OutputStream.Stdout), place);
        var stderr = PendingLine.Of(_lanes.Get(exit.Run, OutputStream.Stderr), place);
        header.Lines = (stdout.Length > 0 ? 1 : 0) + (stderr.Length > 0 ? 1 : 0);
        ChunkPayload.WriteExited(Payload, exit, stdout, stderr);
        WriteRecord(ref header, ChunkPayload.ExitedSize, place);
        _lanes.Remove(exit.Run, OutputStream.Stdout);
        _lanes.Remove(exit.Run, OutputStream.Stderr);
        return new JournalPosition(_end.Segment, place, 0);
    }

    /// <summary>Notes that something was lost.</summary>
    /// <param name="bytes">How much; 0 when nobody knows.</param>
    /// <exception cref="JournalFullException">No room; nothing was written.</exception>
    internal void AppendGap(GapReason reason, long bytes, OutputStream stream, int pid, int run, long timeNs)
    {
        BeginRecord(timeNs);
        var header = NewHeader(ChunkKind.Gap, stream, pid, run, timeNs);
        ChunkPayload.WriteGap(Payload, reason, bytes);
        WriteRecord(ref header, ChunkPayload.GapSize, ChunkHeader.PlaceAfter(_end.Offset));
        _growth = _growth.WithGap(reason, bytes);
    }

    /// <summary>The stream ended: finishes its unfinished line. Writes nothing when there is none.</summary>
    /// <exception cref="JournalFullException">No room; nothing was written.</exception>
    internal void CutLine(OutputStream stream, int pid, int run, long timeNs)
    {
        if (_lanes.Get(run, stream).Pending == 0 && _unsealed == 0)
        {
            return;
        }

        BeginRecord(timeNs);
        var lane = _lanes.Get(run, stream);
        if (lane.Pending > 0)
        {
            var place = ChunkHeader.PlaceAfter(_end.Offset);
            var header = NewHeader(ChunkKind.Cut, stream, pid, run, timeNs);
            SetPending(ref header, lane, place);
            header.Lines = 1;
            WriteRecord(ref header, 0, place);
            _lanes.Remove(run, stream);
        }
    }

    /// <summary>Closes the files and releases the lock and the reserved blocks.</summary>
    public void Dispose()
    {
        if (!_segment.Handle.IsClosed)
        {
            // A chunk that cannot be finished now is left to the next writer's repair.
            if (TrySealAtLast())
            {
                CutFileBack();
            }

            _index.Dispose();
            _segment.Dispose();
        }
    }

    private Span<byte> Payload => _scratch.Span[ChunkHeader.Size..];

    private static SegmentFile? OpenLast(string directory, int patience, out long firstLine)
    {
        while (true)
        {
            try
            {
                return JournalRepair.OpenLast(directory, out firstLine);
            }
            catch (JournalLockedException) when (patience-- > 0)
            {
                Sleep(10_000_000);
            }
        }
    }

    private static JournalWriter Continue(JournalWriter writer)
    {
        try
        {
            var repair = new JournalRepair(writer._segment, writer._lanes, writer._index, writer._scratch);
            writer._end = repair.Run();
            writer._reserve.Reset(writer._end.Offset);
            if (repair.LostBytes > 0)
            {
                writer.AppendGap(GapReason.Damaged, repair.LostBytes, OutputStream.None, 0, 0, repair.LastTimeNs);
            }

            return writer;
        }
        catch
        {
            writer._index.Dispose();
            writer._segment.Dispose();
            throw;
        }
    }

    private static bool TryCreateDirectory(string directory)
    {
        // Only the last part is ours to create; a missing parent is somebody's mistake and worth a message.
        if (Mkdir(directory, 0x1C0 /* 0700 */) == 0)
        {
            return true;
        }

        var errno = Marshal.GetLastPInvokeError();
        if (errno != JournalErrno.Exists)
        {
            throw JournalErrno.MeansFull(errno) ? new JournalFullException(directory, errno) : JournalException.FromErrno("create", directory, errno);
        }

        return false;
    }

    private ChunkHeader NewHeader(ChunkKind kind, OutputStream stream, int pid, int run, long timeNs) => new()
    {
        Kind = kind,
        Stream = stream,
        TimeNs = timeNs,
        FirstLine = _end.NextLine,
        Pid = pid,
        Run = run,
    };

    private static void SetPending(ref ChunkHeader header, in Lane lane, long place)
    {
        var pending = PendingLine.Of(lane, place);
        header.PendingBack = pending.Back;
        header.PendingLength = pending.Length;
    }

    private int Advance(ref Lane lane, ReadOnlySpan<byte> data, long place, int pid)
    {
        var lines = LineRule.Count(data, ref lane.Pending, ref lane.Tail, _segment.Header.MaxLineBytes, out var beganHere);
        lane.Begin = beganHere ? place : lane.Begin;
        lane.Pid = pid;
        return lines;
    }

    private int WriteOpenHeader(OutputStream stream, int pid, int run, long timeNs, long place)
    {
        if (_hasOpen && _open.Stream == stream && _open.Run == run && _open.Pid == pid)
        {
            return 0; // left from an attempt that found the pipe empty
        }

        _open = NewHeader(ChunkKind.Output, stream, pid, run, timeNs);
        SetPending(ref _open, _lanes.Get(run, stream), place);
        _open.Write(_scratch.Span, _segment.Seed, place);
        var errno = SegmentWrites.Write(_segment.Handle, _scratch.Pointer, ChunkHeader.Size, place);
        _hasOpen = errno == 0;
        return errno;
    }

    // Finishes the chunk whose bytes are in the file. Its failure loses nothing: the bytes stay where they are, and the next call tries again.
    private int Seal()
    {
        if (_unsealed == 0)
        {
            return 0;
        }

        var place = ChunkHeader.PlaceAfter(_end.Offset);
        var data = _scratch.Span[..Math.Min(_unsealed, ChunkHeader.MaxLength)];
        var read = _segment.Read(data, place + ChunkHeader.Size);
        data = data[..read];
        var header = _open;
        var lane = _lanes.Get(header.Run, header.Stream);
        header.Done = true;
        header.Length = data.Length;
        header.Lines = Advance(ref lane, data, place, header.Pid);
        header.DataCrc = Crc32C.Append(_segment.Seed, data);
        header.Write(_scratch.Span, _segment.Seed, place);
        var errno = SegmentWrites.Write(_segment.Handle, _scratch.Pointer, ChunkHeader.Size, place);
        if (errno != 0)
        {
            return JournalErrno.MeansFull(errno) ? errno : throw JournalException.FromErrno("write", _segment.Path, errno);
        }

        _lanes.Set(lane);
        _unsealed = 0;
        Finish(header, place);
        return 0;
    }

    private bool TrySealAtLast()
    {
        try
        {
            return Seal() == 0;
        }
        catch (JournalException)
        {
            return false;
        }
    }

    private void BeginRecord(long timeNs)
    {
        SegmentWrites.Check(Seal(), _segment.Path);
        RollIfDue(timeNs);
    }

    // Header and data in one write; the payload is already in the scratch buffer, behind the header's place.
    private void WriteRecord(ref ChunkHeader header, int length, long place)
    {
        header.Done = true;
        header.Length = length;
        header.DataCrc = Crc32C.Append(_segment.Seed, Payload[..length]);
        header.Write(_scratch.Span, _segment.Seed, place);
        var errno = SegmentWrites.Write(_segment.Handle, _scratch.Pointer, ChunkHeader.Size + length, place);
        if (errno != 0)
        {
            CutFileBack();
            SegmentWrites.Check(errno, _segment.Path);
        }

        Finish(header, place);
    }

    private void Finish(in ChunkHeader header, long place)
    {
        _hasOpen = false;
        _end = new JournalEnd(_end.Segment, place + ChunkHeader.Size + header.Length, header.NextLine);
        _growth = _growth.WithOutput(header.Kind == ChunkKind.Output ? header.Length : 0, header.Lines);
        _index.Note(header, place);
    }

    // Also gives back the blocks reserved behind the end.
    private void CutFileBack()
    {
        _hasOpen = false;
        _ = Ftruncate(_segment.Handle, _end.Offset);
        _reserve.Reset(_end.Offset);
    }

    /// <summary>Begins a new segment although the present one is not full. False: it holds no line yet, or there is no room.</summary>
    internal bool TryRoll(long timeNs)
    {
        SegmentWrites.Check(Seal(), _segment.Path);
        var before = _end.Segment;
        if (_end.NextLine != before)
        {
            Roll(timeNs);
        }

        return _end.Segment != before;
    }

    /// <summary>
    /// Begins a new segment if the present one was removed, and makes its directory again: what comes next is not to be lost with what was. A look at the file, so not for each line.
    /// </summary>
    /// <exception cref="JournalException">There is no place for it; the removed one goes on.</exception>
    internal void BeginAnewIfRemoved(long timeNs)
    {
        if (_segment.IsRemoved())
        {
            SegmentWrites.Check(Seal(), _segment.Path);
            Roll(timeNs);
        }
    }

    private void RollIfDue(long timeNs)
    {
        if (_end.Offset >= _options.SegmentBytes && _end.NextLine != _end.Segment)
        {
            Roll(timeNs);
        }
    }

    private void Roll(long timeNs)
    {
        SegmentFile next;
        long carriedTo;
        long[] begins;
        try
        {
            next = SegmentRoll.Begin(_directory, _segment, _lanes, _options, _end, timeNs, _scratch, out carriedTo, out begins);
        }
        catch (JournalFullException)
        {
            return; // the present segment goes on; the next chunk tries again
        }

        CutFileBack();
        Publish(next);
        for (var i = 0; i < begins.Length; i++)
        {
            _lanes.All[i].Begin = begins[i];
        }

        _end = new JournalEnd(next.FirstLine, carriedTo, next.FirstLine);
        _index.Dispose();
        _segment.Dispose();
        _segment = next;
        _index = NewIndex(next);
        _reserve.Reset(_end.Offset);
    }

    // When it fails, the present segment goes on.
    private void Publish(SegmentFile next)
    {
        try
        {
            SegmentCreator.Publish(_directory, next);
        }
        catch
        {
            SegmentCreator.Abandon(_directory, next);
            throw;
        }
    }

    private SegmentIndexWriter NewIndex(SegmentFile segment) =>
        new(SegmentName.IndexOf(_directory, segment.FirstLine), segment.Seed, _options.IndexIntervalBytes);
}
