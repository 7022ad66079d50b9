namespace Overseer.Streams;

/// <summary>How many read the streams at one moment, and how far they are behind.</summary>
internal sealed class StreamLoad
{
    private readonly HashSet<IStreamListener> _listeners = [];

    /// <summary>Who reads: connections.</summary>
    public int Listeners => _listeners.Count;

    /// <summary>What they read: one for each task that a connection listens to.</summary>
    public int Cursors { get; private set; }

    /// <summary>Bytes of journals that they have not been given yet, all together. An unfinished line counts, and the part of a block that is on its way.</summary>
    public long LagBytes { get; private set; }

    /// <summary>The same of the one that is furthest behind.</summary>
    public long MaxLagBytes { get; private set; }

    /// <summary>Counts a cursor.</summary>
    public void Add(IStreamListener listener, long lagBytes)
    {
        _listeners.Add(listener);
        Cursors++;
        LagBytes += lagBytes;
        MaxLagBytes = Math.Max(MaxLagBytes, lagBytes);
    }
}
