using Overseer.Recorder.Journal;

namespace Overseer.Streams;

/// <summary>
/// The latest finished frames of one task, oldest first, bounded in bytes. The ring begins where its reader (<see cref="Head"/>) was
/// when the ring was made, and has no hole. Not thread-safe: it belongs to its stream's lock, but for the head while it encodes.
/// </summary>
internal sealed class FrameRing(EventSource head, StreamOptions options, FrameBudget budget) : IDisposable
{
    private FrameBlock? _oldest;
    private FrameBlock? _newest;
    private long _bytes;
    private bool _newestIsFull;

    /// <summary>The one reader whose frames are shared.</summary>
    public EventSource Head { get; } = head;

    /// <summary>Where the next shared frame begins.</summary>
    public JournalPosition HeadPosition { get; private set; } = head.Position;

    /// <summary>The number of the next line at <see cref="HeadPosition"/>.</summary>
    public long HeadLine { get; private set; } = head.NextLine;

    /// <summary>The number that the next line shown at <see cref="HeadPosition"/> gets; 0 when that is not known.</summary>
    public long HeadSeq { get; private set; } = head.NextSeq;

    /// <summary>The block that new frames are appended to.</summary>
    public FrameBlock? Newest => _newest;

    /// <summary>Bytes of memory held by the ring.</summary>
    public long Bytes => _bytes;

    /// <summary>The block that begins exactly at a position.</summary>
    public FrameBlock? Find(JournalPosition position)
    {
        var block = _oldest;
        while (block is not null && block.Start < position)
        {
            block = block.Next;
        }

        return block is not null && block.Start == position ? block : null;
    }

    /// <summary>The first place behind <paramref name="position"/> where a cursor can step on.</summary>
    public JournalPosition NextBoundary(JournalPosition position)
    {
        var block = _oldest;
        while (block is not null && block.Start <= position)
        {
            block = block.Next;
        }

        return block?.Start ?? HeadPosition;
    }

    /// <summary>
    /// The block to encode into: the newest while it has room, else a fresh one that is not yet part of the ring.
    /// <paramref name="expected"/> is a guess at the journal bytes that wait.
    /// </summary>
    public FrameBlock BlockToFill(long expected)
    {
        if (!_newestIsFull && _newest is { } newest && newest.Free.Length >= newest.Capacity / 4)
        {
            return newest;
        }

        var size = expected * 3 < options.SmallBlockBytes ? options.SmallBlockBytes
            : expected * 3 < options.BlockBytes / 8 ? options.BlockBytes / 8
            : options.BlockBytes;
        return new FrameBlock(size, HeadPosition) { StartSeq = Head.NextSeq };
    }

    /// <summary>
    /// Publishes what the head has written into <paramref name="block"/> and drops the oldest blocks above the bound. A
    /// <paramref name="full"/> block had no room for the next frame.
    /// </summary>
    public void Publish(FrameBlock block, bool full)
    {
        HeadPosition = Head.Position;
        HeadLine = Head.NextLine;
        HeadSeq = Head.NextSeq;
        if (block != _newest && block.Written == 0)
        {
            block.Release();
            if (_newest is { } last)
            {
                // Events without frames were passed: the newest block now ends further on.
                last.Publish(HeadPosition, HeadLine, HeadSeq);
            }

            return;
        }

        block.Publish(HeadPosition, HeadLine, HeadSeq);
        if (block != _newest)
        {
            _oldest ??= block;
            if (_newest is not null)
            {
                _newest.Next = block;
            }

            _newest = block;
            _bytes += block.Capacity;
            budget.Add(block.Capacity);
        }

        _newestIsFull = full;

        while ((_bytes > options.RingBytes || budget.IsExceeded) && _oldest is { } oldest && oldest != _newest)
        {
            Drop(oldest);
        }
    }

    /// <summary>Drops all blocks; the head stays where it is.</summary>
    public void Clear()
    {
        while (_oldest is { } oldest)
        {
            Drop(oldest);
        }
    }

    public void Dispose()
    {
        Clear();
        Head.Dispose();
    }

    private void Drop(FrameBlock block)
    {
        _oldest = block.Next;
        if (_oldest is null)
        {
            _newest = null;
        }

        _bytes -= block.Capacity;
        budget.Add(-block.Capacity);
        block.Evicted = true;
        block.Release();
    }
}
