using Overseer.Server;
using Overseer.Streams;
using Overseer.Streams.Forms;

namespace Overseer.Hub;

/// <summary>The containers, or other tasks, that one connection watches: a cursor in the stream of each. Bounded. Thread-safe.</summary>
internal sealed class HubSubscriptions(StreamRegistry streams, int most)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _byContainer = new(StringComparer.Ordinal);
    private bool _ended;

    /// <summary>Who sends what the cursors take; set before the first subscription.</summary>
    public required ConnectionPump Pump { get; init; }

    /// <summary>Told of a subscription that has ended because its journal cannot be read.</summary>
    public required Action<string, Exception> Failed { get; init; }

    /// <summary>The containers that are watched.</summary>
    public string[] Containers
    {
        get
        {
            lock (_gate)
            {
                return [.. _byContainer.Keys];
            }
        }
    }

    /// <summary>Whether nothing is watched.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_gate)
            {
                return _byContainer.Count == 0;
            }
        }
    }

    /// <summary>Whether a container is watched.</summary>
    public bool Has(string containerId)
    {
        lock (_gate)
        {
            return _byContainer.ContainsKey(containerId);
        }
    }

    /// <summary>Whether one more may be watched.</summary>
    public bool HasRoomFor(string containerId)
    {
        lock (_gate)
        {
            return _byContainer.Count < most || _byContainer.ContainsKey(containerId);
        }
    }

    /// <summary>The messages that the connection has sent itself to a container that it watches; null when it does not watch it.</summary>
    public OwnMessages? OwnOf(string containerId)
    {
        lock (_gate)
        {
            return _byContainer.TryGetValue(containerId, out var entry) ? entry.Own : null;
        }
    }

    /// <summary>
    /// Watches a container, from the given message on, or else from <paramref name="history"/> messages before the next one. <paramref name="missing"/> is told, before any message comes, of those
    /// asked for that are gone.
    /// </summary>
    /// <exception cref="IOException">The journal cannot be read.</exception>
    public void Add(string containerId, StreamForm form, long? fromSeq, long history, Action<long, long> missing)
    {
        var from = fromSeq is { } asked ? Math.Max(1, asked) : history == 0 ? (long?)null : StartOf(containerId, history);
        var (cursor, first, next) = streams.Join(containerId, Pump, from, form);
        if (fromSeq is not null && from is { } start && first > start && start < next)
        {
            missing(start, first - 1);
        }

        Replace(containerId, new Entry(cursor, new OwnMessages()));
    }

    /// <summary>Writes what comes from now on in another form.</summary>
    public void Change(StreamForm form)
    {
        Entry[] all;
        lock (_gate)
        {
            all = [.. _byContainer.Values];
        }

        foreach (var entry in all)
        {
            // Between two turns its place is what is on the wire.
            Pump.BetweenTurns(() => Continue(entry, form));
        }
    }

    /// <summary>Stops watching a container.</summary>
    public void Remove(string containerId)
    {
        Entry? entry;
        lock (_gate)
        {
            if (!_byContainer.Remove(containerId, out entry))
            {
                return;
            }
        }

        Pump.BetweenTurns(() => Part(entry));
    }

    /// <summary>The connection has ended and its pump with it.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _ended = true;
            foreach (var entry in _byContainer.Values)
            {
                streams.Part(entry.Cursor);
                TaskStream.Retire(entry.Cursor);
            }

            _byContainer.Clear();
        }
    }

    private long StartOf(string containerId, long history)
    {
        if (streams.Find(containerId) is not { } stream)
        {
            return 1;
        }

        var end = stream.End;
        var next = stream.Numbering is { IsPlain: false } numbering ? numbering.Locate(long.MaxValue, end).Next : end.NextLine;
        return Math.Max(1, history >= next ? 1 : next - history);
    }

    private void Continue(Entry entry, StreamForm form)
    {
        var id = entry.Cursor.Stream.TaskId;
        lock (_gate)
        {
            if (_ended || !_byContainer.TryGetValue(id, out var known) || known != entry)
            {
                return;
            }
        }

        var (placed, taken, next) = (entry.Cursor.Placed, entry.Cursor.Taken.NextSeq, entry.Cursor.NextSeq);
        Part(entry);
        StreamCursor cursor;
        try
        {
            (cursor, _, _) = streams.Join(id, Pump, placed ? Math.Max(1, taken > 0 ? taken : next) : null, form);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            Remove(id);
            Failed(id, e);
            return;
        }

        lock (_gate)
        {
            if (!_ended)
            {
                _byContainer[id] = entry with { Cursor = cursor };
                Pump.Ready(cursor);
                return;
            }
        }

        streams.Part(cursor);
        TaskStream.Retire(cursor);
    }

    private void Replace(string containerId, Entry entry)
    {
        Entry? old;
        lock (_gate)
        {
            if (_ended)
            {
                streams.Part(entry.Cursor);
                TaskStream.Retire(entry.Cursor);
                return;
            }

            _byContainer.TryGetValue(containerId, out old);
            _byContainer[containerId] = entry;
        }

        if (old is null)
        {
            Pump.Ready(entry.Cursor);
            return;
        }

        Pump.BetweenTurns(() =>
        {
            Part(old);
            Pump.Ready(entry.Cursor);
        });
    }

    private void Part(Entry entry)
    {
        streams.Part(entry.Cursor);
        Pump.Ready(entry.Cursor);
    }

    private sealed record Entry(StreamCursor Cursor, OwnMessages Own);
}
