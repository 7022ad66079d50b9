using Overseer.Protocols.V2;
using Overseer.Recorder.Journal;
using Overseer.Streams.SeqIndex;

namespace Overseer.Streams;

// How a cursor gets its next frames: from the block it stands on, from the next one, by encoding for all, or by reading alone.
internal sealed partial class TaskStream
{
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
            (string Directory, SeqNumbering Numbering, JournalEnd Joined)? unopened = null;
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
                    _cursors.Park(cursor);
                    return false;
                }

                if (cursor.Unopened is { } joined)
                {
                    if (joined == end)
                    {
                        _cursors.Park(cursor);
                        return false;
                    }

                    unopened = (_directory, _numbering!, joined);
                }
                else if (cursor.Block is { } block)
                {
                    if (cursor.Offset < block.Length)
                    {
                        slice = new FrameSlice(block, cursor.Offset, block.Length - cursor.Offset);
                        block.Hold();
                        cursor.Offset = block.Length;
                        cursor.Taken = new StreamPlace(_directory, block.End, block.NextLine, block.NextSeq);
                        return true;
                    }

                    if (block.Next is { Evicted: false } next)
                    {
                        cursor.StepOn(next);
                        continue;
                    }

                    if (block == _ring?.Newest)
                    {
                        if (!StartEncoding_NeedsLock())
                        {
                            _cursors.Park(cursor);
                            ShrinkWhenIdle_NeedsLock();
                            return false;
                        }

                        encodeFor = _ring;
                    }
                    else
                    {
                        cursor.LeaveBlock();
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
                        if (cursor.Position == ring.HeadPosition && MayShare(cursor, ring.HeadSeq))
                        {
                            if (TryTellGone_NeedsLock(cursor, ring.HeadSeq, out slice))
                            {
                                return true;
                            }

                            Retire(cursor);
                            if (!StartEncoding_NeedsLock())
                            {
                                _cursors.Park(cursor);
                                ShrinkWhenIdle_NeedsLock();
                                return false;
                            }

                            encodeFor = ring;
                        }
                        else if (ring.Find(cursor.Position) is { } found && MayShare(cursor, found.StartSeq))
                        {
                            if (TryTellGone_NeedsLock(cursor, found.StartSeq, out slice))
                            {
                                return true;
                            }

                            Retire(cursor);
                            cursor.StepOn(found);
                            continue;
                        }
                        else if (cursor.Position < ring.HeadPosition)
                        {
                            limit = ring.NextBoundary(cursor.Position);
                        }
                    }
                }
            }

            if (unopened is { } place)
            {
                Open(cursor, place.Directory, place.Numbering, place.Joined);
                continue;
            }

            if (encodeFor is not null)
            {
                if (Encode(encodeFor, end) == FillResult.Paused)
                {
                    ComeAgain(cursor);
                    return false;
                }

                continue;
            }

            if (!ReadAlone(cursor, end, limit, out slice, out var moved, out var result))
            {
                if (result == FillResult.Paused)
                {
                    ComeAgain(cursor);
                    return false;
                }

                if (moved)
                {
                    continue;
                }

                lock (_gate)
                {
                    if (news == _news || cursor.Closed)
                    {
                        _cursors.Park(cursor);
                        return false;
                    }
                }

                continue;
            }

            return true;
        }
    }

    // Who knows its number would not notice that lines before frames without a number are gone.
    private static bool MayShare(StreamCursor cursor, long seq) => cursor.NextSeq == 0 || seq > 0;

    // Who reads alone passes the lines of a deleted segment without knowing how many of them were shown: those who share frames know it.
    private bool TryTellGone_NeedsLock(StreamCursor cursor, long seq, out FrameSlice slice)
    {
        slice = default;
        if (cursor.NextSeq == 0 || seq <= cursor.NextSeq)
        {
            return false;
        }

        var frames = Frames().Encode([new GapMessage { TaskId = TaskId, FromSeq = cursor.NextSeq, ToSeq = seq - 1, Reason = Protocols.V2.GapReason.Rotated }]);
        var block = new FrameBlock(frames.Length, cursor.Position);
        frames.CopyTo(block.Free);
        block.Advance(frames.Length);
        block.Publish(cursor.Position, cursor.NextLine, seq);
        cursor.NextSeq = seq;

        // Its own reader does not know it yet; if it reads alone once more, another goes on from here.
        Retire(cursor);
        cursor.Taken = new StreamPlace(_directory, cursor.Position, cursor.NextLine, seq);
        slice = new FrameSlice(block, 0, block.Length);
        return true;
    }

    // Where a filter shows hardly anything, much is read for nothing: others have their turns meanwhile.
    private static void ComeAgain(StreamCursor cursor) =>
        ThreadPool.UnsafeQueueUserWorkItem(static cursor => cursor.Listener.Ready(cursor), cursor, preferLocal: false);

    // A slice for one cursor from its own reader.
    private bool ReadAlone(StreamCursor cursor, in JournalEnd end, JournalPosition? limit, out FrameSlice slice, out bool moved, out FillResult result)
    {
        slice = default;
        result = FillResult.Drained;
        string? directory;
        SeqNumbering? numbering;
        lock (_gate)
        {
            (directory, numbering) = (_directory, _numbering);
        }

        if (directory is null)
        {
            moved = false;
            return false;
        }

        if (cursor.Source is null)
        {
            if (cursor.Placed && cursor.Position >= new JournalPosition(end.Segment, end.Offset, 0))
            {
                // Nothing new, and nothing to open either.
                moved = false;
                return false;
            }

            cursor.Source = cursor.Placed
                ? EventSource.AtPosition(TaskId, directory, Ledger, cursor.Position, cursor.NextLine, end, numbering, cursor.NextSeq, Frames())
                : EventSource.AtLine(TaskId, directory, Ledger, 1, end, numbering, Frames());
            cursor.Source.Starts = options.Starts;
            if (!cursor.Placed)
            {
                cursor.Source.Owe(1, 1);
            }
            else if (cursor.NextSeq == 0 && cursor.Mark is { } mark)
            {
                cursor.Source.Owe(mark);
            }
        }

        var before = cursor.Source.Position;
        var block = new FrameBlock(options.BlockBytes, before);
        result = cursor.Source.Fill(block, end, limit);
        lock (_gate)
        {
            moved = !cursor.Placed || cursor.Source.Position != before;
            cursor.Placed = true;
            cursor.Position = cursor.Source.Position;
            cursor.NextLine = cursor.Source.NextLine;
            cursor.NextSeq = cursor.Source.NextSeq;
            cursor.Taken = new StreamPlace(directory, cursor.Position, cursor.NextLine, cursor.NextSeq);
        }

        var begin = cursor.Everything ? 0 : block.Preface;
        if (block.Written == begin)
        {
            block.Release();
            if (result == FillResult.Behind)
            {
                numbering?.Request(end);
            }

            return false;
        }

        block.Publish(cursor.Source.Position, cursor.Source.NextLine, cursor.Source.NextSeq);
        if (cursor.Closed)
        {
            block.Release();
            return false;
        }

        slice = new FrameSlice(block, begin, block.Length - begin);
        return true;
    }
}
