namespace Overseer.Streams;

/// <summary>The cursors of one stream, and which of them wait for news. Everything here is done under the stream's lock.</summary>
internal sealed class StreamCursors
{
    private readonly List<StreamCursor> _all = [];
    private int _parked;

    /// <summary>How many there are.</summary>
    public int Count => _all.Count;

    /// <summary>Whether any waits for news.</summary>
    public bool AnyParked => _parked > 0;

    /// <summary>Whether nobody does anything else.</summary>
    public bool AreAllParked => _parked >= _all.Count;

    /// <summary>Adds a cursor.</summary>
    public void Add(StreamCursor cursor) => _all.Add(cursor);

    /// <summary>Takes a cursor out, whether it waits or not.</summary>
    public void Remove(StreamCursor cursor)
    {
        Unpark(cursor);
        _all.Remove(cursor);
    }

    /// <summary>A cursor waits for news from now on.</summary>
    public void Park(StreamCursor cursor)
    {
        if (!cursor.Parked)
        {
            cursor.Parked = true;
            _parked++;
        }
    }

    /// <summary>Lets the pumps of all that wait know.</summary>
    public void WakeAll()
    {
        if (_parked == 0)
        {
            return;
        }

        foreach (var cursor in _all)
        {
            if (cursor.Parked)
            {
                Unpark(cursor);
                cursor.Listener.Ready(cursor);
            }
        }
    }

    /// <summary>All leave their blocks.</summary>
    public void LeaveBlocks()
    {
        foreach (var cursor in _all)
        {
            cursor.LeaveBlock();
        }
    }

    /// <summary>Those who have taken the whole of their block leave it, if it is still shared.</summary>
    public void LeaveTakenBlocks()
    {
        foreach (var cursor in _all)
        {
            if (cursor.Block is { } block && cursor.Offset >= block.Length && !block.Evicted)
            {
                cursor.LeaveBlock();
            }
        }
    }

    /// <summary>All lose their places: what they were places in is gone.</summary>
    public void Unplace()
    {
        foreach (var cursor in _all)
        {
            cursor.Placed = false;
            cursor.Unopened = null;
        }
    }

    /// <summary>All of them, for as long as the lock is held.</summary>
    public List<StreamCursor>.Enumerator GetEnumerator() => _all.GetEnumerator();

    private void Unpark(StreamCursor cursor)
    {
        if (cursor.Parked)
        {
            cursor.Parked = false;
            _parked--;
        }
    }
}
