using Overseer.Recorder.Journal;

namespace Overseer.Streams;

// What happens under the lock: cursors on and off blocks, parked and woken; the ring taken over, shrunk and dropped.
internal sealed partial class TaskStream
{
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

    private static void StepOn_NeedsLock(StreamCursor cursor, FrameBlock block)
    {
        block.Hold();
        cursor.Block?.Release();
        cursor.Block = block;
        cursor.Offset = cursor.Everything ? 0 : block.Preface;
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
        cursor.NextSeq = block.NextSeq;
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

        var ended = _liveRuns is null;
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
