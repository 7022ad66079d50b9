using Overseer.Recorder.Journal;
using Overseer.Streams.SeqIndex;

namespace Overseer.Retention;

/// <summary>What one journal takes on the disk. Closed segments do not change: they are looked at once.</summary>
internal sealed class JournalUse(Guid journal, string directory)
{
    private readonly Queue<JournalSegment> _closed = new();
    private long _closedBytes;
    private long _last;
    private long _lastBytes;
    private long _notToRoll;

    /// <summary>The journal.</summary>
    public Guid Journal { get; } = journal;

    /// <summary>Where it lies.</summary>
    public string Directory { get; } = directory;

    /// <summary>Bytes of all its segments; indexes, a thousandth of that, are not counted.</summary>
    public long Bytes => _closedBytes + _lastBytes;

    /// <summary>The oldest segment that may be deleted.</summary>
    public JournalSegment? Oldest => _closed.TryPeek(out var segment) ? segment : null;

    /// <summary>First line of the segment behind <see cref="Oldest"/>.</summary>
    public long Next => _closed.Count > 1 ? _closed.ElementAt(1).FirstLine : _last;

    /// <summary>Whether its last segment could be let go.</summary>
    public bool MayRoll => _last > 0 && _last != _notToRoll;

    /// <summary>Takes in how far the journal goes now.</summary>
    public void Update(in JournalEnd end)
    {
        if (end.Segment == _last && _last > 0)
        {
            _lastBytes = end.Offset;
        }
        else if (end.Segment == 1)
        {
            // A new task: nobody has to look.
            (_last, _lastBytes) = (1, end.Offset);
        }
        else if (_last == 0 || end.Segment != 0)
        {
            Look();
        }
    }

    /// <summary>Looks at the directory.</summary>
    public void Look()
    {
        _closed.Clear();
        _closedBytes = 0;
        _last = 0;
        _lastBytes = 0;
        var segments = System.IO.Directory.Exists(Directory) ? JournalDirectory.Segments(Directory) : [];
        for (var i = 0; i < segments.Count - 1; i++)
        {
            _closed.Enqueue(segments[i]);
            _closedBytes += segments[i].Bytes;
        }

        if (segments.Count > 0) (_last, _lastBytes) = (segments[^1].FirstLine, segments[^1].Bytes);
    }

    /// <summary>Deletes <see cref="Oldest"/>.</summary>
    /// <returns>Its bytes.</returns>
    /// <exception cref="IOException">It cannot be deleted.</exception>
    public long DeleteOldest()
    {
        var segment = _closed.Peek();
        try
        {
            JournalDirectory.Delete(segment);
            File.Delete(SeqFile.PathOf(Directory, segment.FirstLine));
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody has deleted all of it.
        }

        _closed.Dequeue();
        _closedBytes -= segment.Bytes;
        return segment.Bytes;
    }

    /// <summary>The last segment holds no line, or has just been begun: trying again would not help.</summary>
    public void DoNotRoll() => _notToRoll = _last;
}
