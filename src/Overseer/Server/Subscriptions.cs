using Overseer.Core.Tasks;
using Overseer.Streams;

namespace Overseer.Server;

/// <summary>
/// What one connection listens to: tasks it named, and tasks that match a tag or group it named, present and future ones. Bounded.
/// Thread-safe: requests come from the connection, new tasks from the engine's loop.
/// </summary>
internal sealed class Subscriptions(StreamRegistry streams, TaskEngine engine, ConnectionPump pump, int most)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _byTask = new(StringComparer.Ordinal);
    private readonly HashSet<string> _tags = new(StringComparer.Ordinal);
    private readonly HashSet<string> _groups = new(StringComparer.Ordinal);
    private int _named;

    /// <summary>
    /// The refusal when the bound is reached, or null. Only what the client named counts: tasks that it started or that match a label are as
    /// many as there are tasks.
    /// </summary>
    public string? Full
    {
        get
        {
            lock (_gate)
            {
                return _named + _tags.Count + _groups.Count < most ? null : $"too many subscriptions on this connection: limits.max_subscriptions is {most}";
            }
        }
    }

    /// <summary>Whether the connection listens to this task.</summary>
    public bool Has(string taskId)
    {
        lock (_gate)
        {
            return _byTask.ContainsKey(taskId);
        }
    }

    /// <summary>
    /// Listens to a task. <paramref name="announce"/> is called before any event of it can be on the wire, with the first line that will
    /// be sent and the number of the next new one.
    /// </summary>
    /// <exception cref="IOException">The journal cannot be read.</exception>
    public void Add(string taskId, long? fromLine, Action<long, long> announce)
    {
        Entry? old;
        lock (_gate)
        {
            if (_byTask.TryGetValue(taskId, out old) && fromLine is null && !old.Named)
            {
                _byTask[taskId] = old with { Named = true };
                _named++;
            }
        }

        if (old is not null && fromLine is null)
        {
            announce(0, old.Cursor.Stream.End.NextLine);
            return;
        }

        var (cursor, first, next) = streams.Join(taskId, pump, fromLine);
        announce(first, next);
        Enter(taskId, cursor, named: true, old);
    }

    /// <summary>Listens to a task that this connection starts.</summary>
    /// <exception cref="IOException">The journal cannot be read.</exception>
    public void Attach(string taskId)
    {
        var (cursor, _, _) = streams.Join(taskId, pump, fromLine: null);
        Enter(taskId, cursor, named: false, old: null);
    }

    /// <summary>A task is known no more: nothing of it will come, unless the client named it and waits for one of that name.</summary>
    public void Forget(string taskId)
    {
        lock (_gate)
        {
            if (!_byTask.TryGetValue(taskId, out var entry) || entry.Named)
            {
                return;
            }
        }

        Remove(taskId, static () => { });
    }

    /// <summary>Stops listening to a task; <paramref name="done"/> is called when no event of it can come any more.</summary>
    public void Remove(string taskId, Action done)
    {
        Entry? entry;
        lock (_gate)
        {
            _byTask.Remove(taskId, out entry);
            _named -= entry is { Named: true } ? 1 : 0;
        }

        pump.BetweenTurns(() =>
        {
            Part(entry);
            done();
        });
    }

    /// <summary>Listens to every present and future task with a tag or in a group.</summary>
    public void AddLabel(string? tag, string? group, Action announce)
    {
        lock (_gate)
        {
            _ = tag is not null ? _tags.Add(tag) : _groups.Add(group!);
        }

        announce();
        foreach (var task in engine.Tasks)
        {
            if ((tag is not null && task.Tags.Contains(tag, StringComparer.Ordinal)) || (group is not null && task.Groups.Contains(group, StringComparer.Ordinal)))
            {
                Match(task);
            }
        }
    }

    /// <summary>Stops listening to a tag or group; tasks that were named, or match another label, go on.</summary>
    public void RemoveLabel(string? tag, string? group, Action done)
    {
        List<Entry> ended = [];
        lock (_gate)
        {
            _ = tag is not null ? _tags.Remove(tag) : _groups.Remove(group!);
            foreach (var (taskId, entry) in _byTask.ToArray())
            {
                if (!entry.Named && (engine.Find(taskId) is not { } task || !Matches_NeedsLock(task)))
                {
                    _byTask.Remove(taskId);
                    ended.Add(entry);
                }
            }
        }

        pump.BetweenTurns(() =>
        {
            ended.ForEach(Part);
            done();
        });
    }

    /// <summary>A task is new or starts again: listen to it if a label says so.</summary>
    public void Match(TaskStatus task)
    {
        lock (_gate)
        {
            if (_byTask.ContainsKey(task.TaskId) || !Matches_NeedsLock(task))
            {
                return;
            }
        }

        var (cursor, _, _) = streams.Join(task.TaskId, pump, fromLine: null);
        Enter(task.TaskId, cursor, named: false, old: null);
    }

    /// <summary>The connection has ended and its pump with it.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            foreach (var entry in _byTask.Values)
            {
                Part(entry);
                TaskStream.Retire(entry.Cursor);
            }

            _byTask.Clear();
            _named = 0;
            _tags.Clear();
            _groups.Clear();
        }
    }

    private void Enter(string taskId, StreamCursor cursor, bool named, Entry? old)
    {
        lock (_gate)
        {
            _byTask[taskId] = new Entry(cursor, named);
            _named += named && old is not { Named: true } ? 1 : 0;
        }

        if (old is null)
        {
            pump.Ready(cursor);
            return;
        }

        pump.BetweenTurns(() =>
        {
            Part(old);
            pump.Ready(cursor);
        });
    }

    private bool Matches_NeedsLock(TaskStatus task) =>
        (_tags.Count > 0 && task.Tags.Any(_tags.Contains)) || (_groups.Count > 0 && task.Groups.Any(_groups.Contains));

    private void Part(Entry? entry)
    {
        if (entry is not null)
        {
            streams.Part(entry.Cursor);
            pump.Ready(entry.Cursor);
        }
    }

    private sealed record Entry(StreamCursor Cursor, bool Named);
}
