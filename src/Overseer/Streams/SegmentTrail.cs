using Overseer.Recorder.Journal;

namespace Overseer.Streams;

/// <summary>How long the segments were that a journal has left behind, the latest of them: to say without a look at the disk how far a reader is behind.</summary>
internal sealed class SegmentTrail
{
    /// <summary>How many are remembered; a reader that is further behind counts as if it were in the oldest of them.</summary>
    public const int Capacity = 64;

    private readonly Queue<JournalEnd> _closed = new();

    /// <summary>The journal has left a segment, which goes at least that far.</summary>
    public void Add(in JournalEnd end)
    {
        _closed.Enqueue(end);
        if (_closed.Count > Capacity)
        {
            _closed.Dequeue();
        }
    }

    /// <summary>Bytes from a place in one of them to the end of the last.</summary>
    public long BytesFrom(JournalPosition place)
    {
        var bytes = 0L;
        foreach (var end in _closed)
        {
            if (end.Segment >= place.Segment)
            {
                bytes += Math.Max(0, end.Offset - (end.Segment == place.Segment ? place.Offset : 0));
            }
        }

        return bytes;
    }
}
