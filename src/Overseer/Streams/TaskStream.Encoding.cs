using Overseer.Recorder.Journal;

namespace Overseer.Streams;

// Encoding for all. Whoever has set _encoding encodes outside of the lock and publishes under it.
internal sealed partial class TaskStream
{
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
    private FillResult Encode(FrameRing ring, in JournalEnd end)
    {
        FrameBlock? block = null;
        var result = FillResult.Drained;
        Exception? failure = null;
        try
        {
            block = ring.BlockToFill(end.Segment == ring.HeadPosition.Segment ? end.Offset - ring.HeadPosition.Offset : options.BlockBytes);
            result = ring.Head.Fill(block, end);
            if (result == FillResult.Behind)
            {
                Numbering?.Request(end);
            }
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
                _cursors.WakeAll();
                return result;
            }

            if (failure is not null)
            {
                // Whoever reads alone meets the same failure and reports it to its client.
                Discard(ring, block);
                _ring = null;
                _cursors.WakeAll();
                return result;
            }

            Publish_NeedsLock(ring, block!, full: result == FillResult.More);
            _more |= result is FillResult.More or FillResult.Paused;
            if (_cursors.Count == 0)
            {
                DropRing_NeedsLock();
                return result;
            }

            _cursors.WakeAll();
            return result;
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
                cursor.NextSeq = cursor.NextSeq > 0 ? cursor.NextSeq : ring.HeadSeq;
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

        // Nor may it wait for a catch-up that is numbering the same lines.
        if (ring is not null && end.Segment == ring.HeadPosition.Segment && end.Offset - ring.HeadPosition.Offset <= InlineBytes && Numbering is not { IsBusy: true })
        {
            Encode(ring, end);
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }
}
