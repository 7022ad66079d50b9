// One task's way from its journal to its subscribers.
//
// What must hold:
//  - Each cursor gets every event from its place on, once, in order. A cursor's place is the truth; blocks are only a shortcut.
//  - Each line is encoded once for all cursors that are near the ring's head. The head moves only when a cursor wants it to (pull), so
//    a single slow subscriber costs no memory: the journal is the buffer. The cursor that is furthest on owns the head.
//  - A cursor that fell off the ring reads the journal for itself, in slices, until it meets a block's beginning again.
//  - Nobody waits for a slow connection: encoding is done by whoever asks while running, or by a thread-pool item when everybody
//    is parked; never by a connection that might be stuck in a write.
//  - No I/O under the lock: who encodes takes the flag _encoding, leaves the lock, and publishes.
//
// Rejected: a queue per subscriber (unbounded or lossy), an encoder thread that runs ahead (a slow single subscriber would fall off
// the ring again and again and everything would be encoded twice).

using Overseer.Protocols.V2;
using Overseer.Recorder.Journal;

namespace Overseer.Streams;

#pragma warning disable CA1001 // The ring lives as long as somebody reads: the last cursor to leave disposes it.
internal sealed class TaskStream(string taskId, StreamOptions options, FrameBudget budget) : IThreadPoolWorkItem
#pragma warning restore CA1001
{
    private const int InlineBytes = 4096;
    private readonly Lock _gate = new();
    private readonly List<StreamCursor> _cursors = [];
    private string? _directory;
    private JournalEnd _end;
    private FrameRing? _ring;
    private bool _encoding;
    private bool _more;
    private int _parked;
    private long _news;
    private int _liveRuns;

    /// <summary>The task's id.</summary>
    public string TaskId { get; } = taskId;

    /// <summary>What the engine said about the runs.</summary>
    public RunLedger Ledger { get; private set; } = new();

    /// <summary>How far the journal may be read, as far as is known.</summary>
    public JournalEnd End
    {
        get
        {
            lock (_gate)
            {
                return _end;
            }
        }
    }

    /// <summary>The journal's directory, or null while the task does not exist.</summary>
    public string? Directory
    {
        get
        {
            lock (_gate)
            {
                return _directory;
            }
        }
    }

    /// <summary>True while nobody reads.</summary>
    public bool IsUnwatched
    {
        get
        {
            lock (_gate)
            {
                return _cursors.Count == 0;
            }
        }
    }

    /// <summary>Bytes of finished frames in this stream's ring.</summary>
    public long BufferedBytes
    {
        get
        {
            lock (_gate)
            {
                return _ring?.Bytes ?? 0;
            }
        }
    }

    /// <summary>The task exists from now on, with this journal.</summary>
    public void Bind(string directory, in JournalEnd end)
    {
        lock (_gate)
        {
            if (string.Equals(_directory, directory, StringComparison.Ordinal))
            {
                return;
            }

            _directory = directory;
            _end = end;
            Ledger = new RunLedger();
            DropRing_NeedsLock();
            foreach (var cursor in _cursors)
            {
                cursor.Placed = false;
            }
        }
    }

    /// <summary>The task is forgotten; its cursors wait for a task of the same id.</summary>
    public void Unbind()
    {
        lock (_gate)
        {
            _directory = null;
            _end = default;
            DropRing_NeedsLock();
            foreach (var cursor in _cursors)
            {
                Leave_NeedsLock(cursor);
                cursor.Placed = false;
            }
        }
    }

    /// <summary>The recorder has announced more.</summary>
    public void Announce(in JournalEnd end)
    {
        lock (_gate)
        {
            if (end.Segment < _end.Segment || (end.Segment == _end.Segment && end.Offset <= _end.Offset))
            {
                return;
            }

            _end = end;
            if (!Stir_NeedsLock())
            {
                return;
            }
        }

        EncodeForParked();
    }

    /// <summary>A run is about to be started.</summary>
    public void Expect(Guid run)
    {
        Ledger.Expect(run);
        lock (_gate)
        {
            _liveRuns++;
        }
    }

    /// <summary>The engine has taken the start of a run in; <paramref name="onStart"/> is what subscribers get there, if anything.</summary>
    public void ConfirmStart(Guid run, ServerMessage? onStart)
    {
        Ledger.Change(run, facts => facts with { StartConfirmed = true, OnStart = onStart });
        lock (_gate)
        {
            if (!Stir_NeedsLock())
            {
                return;
            }
        }

        EncodeForParked();
    }

    /// <summary>The engine has taken the exit of a run in. When nothing runs any more and everybody has seen everything, the journal is closed.</summary>
    public void ConfirmExit(Guid run, bool intentional, IReadOnlyList<ServerMessage> afterExit)
    {
        Ledger.Change(run, facts => facts with { StartConfirmed = true, ExitConfirmed = true, Intentional = intentional, AfterExit = afterExit });
        lock (_gate)
        {
            _liveRuns = Math.Max(0, _liveRuns - 1);
            if (!Stir_NeedsLock())
            {
                return;
            }
        }

        EncodeForParked();
    }

    /// <summary>
    /// Adds a cursor that begins at line <paramref name="fromLine"/>, or, without one, behind what is there now. While the task does not
    /// exist the cursor waits. Tells where the cursor begins and the number the next new line will get.
    /// </summary>
    /// <exception cref="IOException">The journal cannot be read.</exception>
    public (StreamCursor Cursor, long First, long Next) Join(IStreamListener listener, long? fromLine)
    {
        var cursor = new StreamCursor(this, listener);
        string? directory;
        JournalEnd end;
        lock (_gate)
        {
            directory = _directory;
            end = _end;
            if (directory is null || end.Segment == 0)
            {
                // Nothing has been written yet: the journal's beginning is the place, and needs no reader.
                _cursors.Add(cursor);
                return (cursor, 1, 1);
            }
        }

        cursor.Source = fromLine is { } line && line < end.NextLine
            ? EventSource.AtLine(TaskId, directory, Ledger, Math.Max(1, line), end)
            : EventSource.AtEnd(TaskId, directory, Ledger, end);
        cursor.Position = cursor.Source.Position;
        cursor.NextLine = cursor.Source.NextLine;
        cursor.Placed = true;
        lock (_gate)
        {
            _cursors.Add(cursor);
        }

        return (cursor, cursor.NextLine, end.NextLine);
    }

    /// <summary>Takes a cursor out. Only its connection's pump, or nobody any more, may be taking from it.</summary>
    public void Part(StreamCursor cursor)
    {
        lock (_gate)
        {
            if (cursor.Closed)
            {
                return;
            }

            cursor.Closed = true;
            Leave_NeedsLock(cursor);
            Unpark_NeedsLock(cursor);
            _cursors.Remove(cursor);
            if (_cursors.Count == 0 && !_encoding)
            {
                DropRing_NeedsLock();
            }
        }
    }

    /// <summary>Frees a parted cursor's own reader; by its pump.</summary>
    public static void Retire(StreamCursor cursor)
    {
        cursor.Source?.Dispose();
        cursor.Source = null;
    }

    /// <summary>
    /// The next frames for a cursor. False: nothing now; the listener hears when there is. Only the cursor's pump calls this.
    /// </summary>
    /// <exception cref="IOException">The journal cannot be read.</exception>
    public bool TryTake(StreamCursor cursor, out FrameSlice slice)
    {
        while (true)
        {
            FrameRing? encodeFor = null;
            JournalEnd end;
            long news;
            JournalPosition? limit = null;
            lock (_gate)
            {
                slice = default;
                if (cursor.Closed)
                {
                    return false;
                }

                end = _end;
                news = _news;
                if (_directory is null || end.Segment == 0)
                {
                    Park_NeedsLock(cursor);
                    return false;
                }

                if (cursor.Block is { } block)
                {
                    if (cursor.Offset < block.Length)
                    {
                        slice = new FrameSlice(block, cursor.Offset, block.Length - cursor.Offset);
                        block.Hold();
                        cursor.Offset = block.Length;
                        return true;
                    }

                    if (block.Next is { Evicted: false } next)
                    {
                        StepOn_NeedsLock(cursor, next);
                        continue;
                    }

                    if (block == _ring?.Newest)
                    {
                        if (!StartEncoding_NeedsLock())
                        {
                            Park_NeedsLock(cursor);
                            ShrinkWhenIdle_NeedsLock();
                            return false;
                        }

                        encodeFor = _ring;
                    }
                    else
                    {
                        Leave_NeedsLock(cursor);
                    }
                }

                if (encodeFor is null && cursor.Placed)
                {
                    if (_ring is null || (cursor.Source is not null && cursor.Position > _ring.HeadPosition && !_encoding))
                    {
                        TakeOver_NeedsLock(cursor);
                    }

                    if (_ring is { } ring)
                    {
                        if (cursor.Position == ring.HeadPosition)
                        {
                            Retire(cursor);
                            if (!StartEncoding_NeedsLock())
                            {
                                Park_NeedsLock(cursor);
                                ShrinkWhenIdle_NeedsLock();
                                return false;
                            }

                            encodeFor = ring;
                        }
                        else if (ring.Find(cursor.Position) is { } found)
                        {
                            Retire(cursor);
                            StepOn_NeedsLock(cursor, found);
                            continue;
                        }
                        else if (cursor.Position < ring.HeadPosition)
                        {
                            limit = ring.NextBoundary(cursor.Position);
                        }
                    }
                }
            }

            if (encodeFor is not null)
            {
                Encode(encodeFor, end);
                continue;
            }

            if (!ReadAlone(cursor, end, limit, out slice, out var moved))
            {
                if (moved)
                {
                    continue;
                }

                lock (_gate)
                {
                    if (news == _news || cursor.Closed)
                    {
                        Park_NeedsLock(cursor);
                        return false;
                    }
                }

                continue;
            }

            return true;
        }
    }

    /// <summary>Encodes what was announced while everybody was parked.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        FrameRing? ring;
        JournalEnd end;
        lock (_gate)
        {
            ring = _ring;
            end = _end;
            if (ring is null)
            {
                _encoding = false;
                return;
            }
        }

        Encode(ring, end);
    }

    // The caller has set _encoding.
    private void Encode(FrameRing ring, in JournalEnd end)
    {
        FrameBlock? block = null;
        var result = FillResult.Drained;
        Exception? failure = null;
        try
        {
            block = ring.BlockToFill(end.Segment == ring.HeadPosition.Segment ? end.Offset - ring.HeadPosition.Offset : options.BlockBytes);
            result = ring.Head.Fill(block, end);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            failure = e;
        }

        lock (_gate)
        {
            _encoding = false;
            if (_ring != ring)
            {
                // The task was rebound, or the last cursor left, meanwhile.
                Discard(ring, block);
                WakeAll_NeedsLock();
                return;
            }

            if (failure is not null)
            {
                // Whoever reads alone meets the same failure and reports it to its client.
                Discard(ring, block);
                _ring = null;
                WakeAll_NeedsLock();
                return;
            }

            Publish_NeedsLock(ring, block!, full: result == FillResult.More);
            _more |= result == FillResult.More;
            if (_cursors.Count == 0)
            {
                DropRing_NeedsLock();
                return;
            }

            WakeAll_NeedsLock();
        }
    }

    private void Publish_NeedsLock(FrameRing ring, FrameBlock block, bool full)
    {
        var before = ring.HeadPosition;
        ring.Publish(block, full);
        if (ring.HeadPosition == before || ring.Newest is not null)
        {
            return;
        }

        // Events without frames were passed and there is no block to stand on: those who stood at the head go along.
        foreach (var cursor in _cursors)
        {
            if (cursor.Block is null && cursor.Placed && cursor.Position == before && cursor.Source is null)
            {
                cursor.Position = ring.HeadPosition;
                cursor.NextLine = ring.HeadLine;
            }
        }
    }

    private static void Discard(FrameRing ring, FrameBlock? block)
    {
        if (block is not null && block != ring.Newest)
        {
            block.Release();
        }

        ring.Dispose();
    }

    // A slice for one cursor from its own reader.
    private bool ReadAlone(StreamCursor cursor, in JournalEnd end, JournalPosition? limit, out FrameSlice slice, out bool moved)
    {
        slice = default;
        var directory = Directory;
        if (directory is null)
        {
            moved = false;
            return false;
        }

        if (cursor.Source is null)
        {
            cursor.Source = cursor.Placed
                ? EventSource.AtPosition(TaskId, directory, Ledger, cursor.Position, cursor.NextLine, end)
                : EventSource.AtLine(TaskId, directory, Ledger, 1, end);
        }

        var before = cursor.Source.Position;
        var block = new FrameBlock(options.BlockBytes, before);
        cursor.Source.Fill(block, end, limit);
        lock (_gate)
        {
            moved = !cursor.Placed || cursor.Source.Position != before;
            cursor.Placed = true;
            cursor.Position = cursor.Source.Position;
            cursor.NextLine = cursor.Source.NextLine;
        }

        if (block.Written == 0)
        {
            block.Release();
            return false;
        }

        block.Publish(cursor.Source.Position, cursor.Source.NextLine);
        if (cursor.Closed)
        {
            block.Release();
            return false;
        }

        slice = new FrameSlice(block, 0, block.Length);
        return true;
    }

    private void TakeOver_NeedsLock(StreamCursor cursor)
    {
        if (cursor.Source is not { } source)
        {
            return;
        }

        DropRing_NeedsLock();
        _ring = new FrameRing(source, options, budget);
        _more = true;
        cursor.Source = null;
    }

    private bool StartEncoding_NeedsLock()
    {
        if (_encoding || !_more)
        {
            return false;
        }

        _more = false;
        _encoding = true;
        return true;
    }

    // News: wake those who read alone, or say that the caller is to encode for all.
    private bool Stir_NeedsLock()
    {
        _news++;
        _more = true;
        if (_parked == 0)
        {
            return false;
        }

        if (_ring is null)
        {
            WakeAll_NeedsLock();
            return false;
        }

        return StartEncoding_NeedsLock();
    }

    // A line or two are encoded on the spot, since a thread switch would take longer; the rest is left to the pool, because whoever brings the
    // news serves all tasks.
    private void EncodeForParked()
    {
        FrameRing? ring;
        JournalEnd end;
        lock (_gate)
        {
            ring = _ring;
            end = _end;
        }

        if (ring is not null && end.Segment == ring.HeadPosition.Segment && end.Offset - ring.HeadPosition.Offset <= InlineBytes)
        {
            Encode(ring, end);
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private static void StepOn_NeedsLock(StreamCursor cursor, FrameBlock block)
    {
        block.Hold();
        cursor.Block?.Release();
        cursor.Block = block;
        cursor.Offset = 0;
        cursor.Placed = true;
    }

    // The cursor keeps its place when it leaves its block; what it has not taken of the block it has not seen.
    private static void Leave_NeedsLock(StreamCursor cursor)
    {
        if (cursor.Block is not { } block)
        {
            return;
        }

        cursor.Position = block.End;
        cursor.NextLine = block.NextLine;
        cursor.Block = null;
        block.Release();
    }

    // When everybody has seen everything, large blocks go back to the pool; when nothing runs any more, the journal is closed too: thousands
    // of ended tasks may still have a subscriber each. Whoever hears of news then opens it again at its place.
    private void ShrinkWhenIdle_NeedsLock()
    {
        if (_encoding || _more || _ring is not { } ring || _parked < _cursors.Count)
        {
            return;
        }

        var ended = _liveRuns == 0;
        if (!ended && ring.Bytes <= options.SmallBlockBytes * 2)
        {
            return;
        }

        foreach (var cursor in _cursors)
        {
            Leave_NeedsLock(cursor);
        }

        if (ended)
        {
            DropRing_NeedsLock();
        }
        else
        {
            ring.Clear();
        }
    }

    private void DropRing_NeedsLock()
    {
        if (_ring is not { } ring)
        {
            return;
        }

        foreach (var cursor in _cursors)
        {
            if (cursor.Block is { } block && cursor.Offset >= block.Length && !block.Evicted)
            {
                Leave_NeedsLock(cursor);
            }
        }

        _ring = null;
        if (!_encoding)
        {
            ring.Dispose();
        }
    }

    private void Park_NeedsLock(StreamCursor cursor)
    {
        if (!cursor.Parked)
        {
            cursor.Parked = true;
            _parked++;
        }
    }

    private void Unpark_NeedsLock(StreamCursor cursor)
    {
        if (cursor.Parked)
        {
            cursor.Parked = false;
            _parked--;
        }
    }

    private void WakeAll_NeedsLock()
    {
        if (_parked == 0)
        {
            return;
        }

        foreach (var cursor in _cursors)
        {
            if (cursor.Parked)
            {
                Unpark_NeedsLock(cursor);
                cursor.Listener.Ready(cursor);
            }
        }
    }
}
