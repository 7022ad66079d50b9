using Overseer.Recorder.Journal;

namespace Overseer.Streams;

// What happens to the ring under the lock: it is taken over, filled, shrunk and dropped.
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
        if (!_cursors.AnyParked)
        {
            return false;
        }

        if (_ring is null)
        {
            _cursors.WakeAll();
            return false;
        }

        return StartEncoding_NeedsLock();
    }

    // When everybody has seen everything, large blocks go back to the pool; when nothing runs any more, the journal is closed too: thousands
    // of ended tasks may still have a subscriber each. Whoever hears of news then opens it again at its place.
    private void ShrinkWhenIdle_NeedsLock()
    {
        if (_encoding || _more || _ring is not { } ring || !_cursors.AreAllParked)
        {
            return;
        }

        var ended = _liveRuns is null;
        if (!ended && ring.Bytes <= options.SmallBlockBytes * 2)
        {
            return;
        }

        _cursors.LeaveBlocks();

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

        _cursors.LeaveTakenBlocks();

        _ring = null;
        if (!_encoding)
        {
            ring.Dispose();
        }
    }
}
