using Overseer.Core.Registry;
using Overseer.Core.Tasks;
using Overseer.Server.Trust;
using Overseer.Streams;

namespace Overseer.Server;

/// <summary>
/// What one connection listens to: tasks it named, and tasks that match a tag or group it named, or all, present and future ones. Bounded.
/// Thread-safe: requests come from the connection, new tasks from the engine's loop.
/// </summary>
internal sealed class Subscriptions(StreamRegistry streams, TaskEngine engine, TaskView view, ConnectionPump pump, int most)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _byTask = new(StringComparer.Ordinal);
    private readonly HashSet<string> _tags = new(StringComparer.Ordinal);
    private readonly HashSet<string> _groups = new(StringComparer.Ordinal);

    /// <summary>Tasks that it named and cannot see, or not yet.</summary>
    private readonly HashSet<string> _unseen = new(StringComparer.Ordinal);
    private int _named;
    private bool _everything;
    private bool _ended;

    /// <summary>
    /// The refusal of one more when the bound is reached, or null; what the client has already may be asked for again. Only what it named
    /// counts: tasks that it started or that match a label are as many as there are tasks.
    /// </summary>
    public string? RefusalOf(string? taskId, string? tag, string? group)
    {
        lock (_gate)
        {
            if (_named + _unseen.Count + _tags.Count + _groups.Count < most
                || (taskId is not null && (_unseen.Contains(taskId) || (_byTask.TryGetValue(taskId, out var entry) && entry.Named)))
                || (tag is not null && _tags.Contains(tag))
                || (group is not null && _groups.Contains(group)))
            {
                return null;
            }

            return $"too many subscriptions on this connection: limits.max_subscriptions is {most}";
        }
    }

    /// <summary>
    /// Listens to a task. <paramref name="announce"/> is called before any event of it can be on the wire, with the first line that will
    /// be sent and the number of the next new one.
    /// </summary>
    /// <exception cref="IOException">The journal cannot be read.</exception>
    public void Add(string taskId, long? fromSeq, Action<long, long> announce)
    {
        if (!view.Sees(taskId))
        {
            AddUnseen(taskId, announce);
            return;
        }

        Entry? old;
        lock (_gate)
        {
            if (_byTask.TryGetValue(taskId, out old) && fromSeq is null && !old.Named)
            {
                _byTask[taskId] = old with { Named = true };
                _named++;
            }
        }

        if (old is not null && fromSeq is null)
        {
            announce(0, old.Cursor.Stream.End.NextLine);
            return;
        }

        var (cursor, first, next) = streams.Join(taskId, pump, fromSeq);
        announce(first, next);
        Replace(taskId, cursor);
    }

    /// <summary>Listens to a task that this connection starts; false when it started it before and listens still.</summary>
    /// <exception cref="IOException">The journal cannot be read.</exception>
    public bool Attach(string taskId)
    {
        lock (_gate)
        {
            if (_byTask.TryGetValue(taskId, out var entry))
            {
                _byTask[taskId] = entry with { Started = true };
                return !entry.Started;
            }
        }

        var (cursor, _, _) = streams.Join(taskId, pump, fromSeq: null);
        Enter(taskId, cursor, started: true);
        return true;
    }

    /// <summary>Whether events of a task are wanted.</summary>
    public bool Has(string taskId)
    {
        lock (_gate)
        {
            // What matches a label has a cursor in its stream; adopted processes have none.
            return _byTask.ContainsKey(taskId)
                || ((_everything || _tags.Count > 0 || _groups.Count > 0) && engine.Find(taskId) is { Origin: TaskOrigin.Adopted } task && Matches_NeedsLock(task));
        }
    }

    /// <summary>Takes an <see cref="Attach"/> back: what was started did not start.</summary>
    public void Detach(string taskId)
    {
        lock (_gate)
        {
            if (!_byTask.TryGetValue(taskId, out var entry))
            {
                return;
            }

            _byTask[taskId] = entry with { Started = false };
            if (entry.Named || (engine.Find(taskId) is { } task && Matches_NeedsLock(task)))
            {
                return;
            }
        }

        Remove(taskId, static () => { });
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
            _unseen.Remove(taskId);
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
        foreach (var task in engine.Registry.With(tag is not null ? LabelKind.Tag : LabelKind.Group, tag ?? group!))
        {
            if (task.Status is { Origin: not TaskOrigin.Adopted } status)
            {
                Match(status);
            }
        }
    }

    /// <summary>
    /// Listens to every present and future task from now on: what classic clients do. Of those that have ended nothing is opened until there is more of them, so this is cheap
    /// however many there are.
    /// </summary>
    public void AddEverything()
    {
        lock (_gate)
        {
            _everything = true;
        }

        foreach (var task in engine.Tasks.Where(view.Sees))
        {
            // Processes that somebody else started have no stream: of their end they tell beside it.
            if (task.Origin == TaskOrigin.Adopted || Has(task.TaskId))
            {
                continue;
            }

            if (streams.JoinLater(task.TaskId, pump) is { } cursor)
            {
                Enter(task.TaskId, cursor, started: false);
            }
            else if (task.Phase != TaskPhase.Ended)
            {
                Match(task);
            }
        }
    }

    /// <summary>Stops listening to a tag or group; tasks that were named or started, or match another label, go on.</summary>
    public void RemoveLabel(string? tag, string? group, Action done)
    {
        List<Entry> ended = [];
        lock (_gate)
        {
            _ = tag is not null ? _tags.Remove(tag) : _groups.Remove(group!);
            foreach (var (taskId, entry) in _byTask.ToArray())
            {
                if (!entry.Named && !entry.Started && (engine.Find(taskId) is not { } task || !Matches_NeedsLock(task)))
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
        if (!view.Sees(task))
        {
            Hide(task.TaskId);
            return;
        }

        var named = false;
        lock (_gate)
        {
            named = _unseen.Remove(task.TaskId);
            if (_byTask.TryGetValue(task.TaskId, out var entry))
            {
                _byTask[task.TaskId] = entry with { Named = entry.Named || named };
                _named += named && !entry.Named ? 1 : 0;
                return;
            }

            if (!named && !Matches_NeedsLock(task))
            {
                return;
            }
        }

        var (cursor, _, _) = streams.Join(task.TaskId, pump, fromSeq: null);
        Enter(task.TaskId, cursor, started: false, named);
    }

    /// <summary>A task has changed: if it cannot be seen any more, nothing more of it comes.</summary>
    public void HideUnlessSeen(TaskStatus task)
    {
        if (!view.Sees(task))
        {
            Hide(task.TaskId);
        }
    }

    /// <summary>The connection has ended and its pump with it.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _ended = true;
            foreach (var entry in _byTask.Values)
            {
                Part(entry);
                TaskStream.Retire(entry.Cursor);
            }

            _byTask.Clear();
            _named = 0;
            _unseen.Clear();
            _tags.Clear();
            _groups.Clear();
        }
    }

    /// <summary>Enters a new cursor, unless the other thread was faster: two cursors at one task would give every event twice.</summary>
    private void Enter(string taskId, StreamCursor cursor, bool started, bool named = false)
    {
        lock (_gate)
        {
            if (_ended)
            {
                streams.Part(cursor);
                TaskStream.Retire(cursor);
                return;
            }

            if (_byTask.TryGetValue(taskId, out var faster))
            {
                _named += named && !faster.Named ? 1 : 0;
                _byTask[taskId] = faster with { Started = faster.Started || started, Named = faster.Named || named };
                streams.Part(cursor);
            }
            else
            {
                _byTask[taskId] = new Entry(cursor, named, started);
                _named += named ? 1 : 0;
            }
        }

        LookAgain(taskId);
        pump.Ready(cursor);
    }

    private void Replace(string taskId, StreamCursor cursor)
    {
        Entry? old;
        lock (_gate)
        {
            _byTask.TryGetValue(taskId, out old);
            _byTask[taskId] = new Entry(cursor, Named: true, old is { Started: true });
            _named += old is { Named: true } ? 0 : 1;
        }

        LookAgain(taskId);
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

    private void AddUnseen(string taskId, Action<long, long> announce)
    {
        lock (_gate)
        {
            _unseen.Add(taskId);
        }

        // As for any task that does not exist.
        announce(1, 1);
        if (engine.Find(taskId) is { } task && view.Sees(task))
        {
            Match(task);
        }
    }

    /// <summary>Between the look at a task and its subscription it may have become one that cannot be seen; whoever told of it found no subscription.</summary>
    private void LookAgain(string taskId)
    {
        if (view.IsLimited && engine.Find(taskId) is { } task)
        {
            HideUnlessSeen(task);
        }
    }

    private void Hide(string taskId)
    {
        Entry? entry;
        lock (_gate)
        {
            if (!_byTask.Remove(taskId, out entry))
            {
                return;
            }

            if (entry.Named)
            {
                _named--;
                _unseen.Add(taskId);
            }
        }

        pump.BetweenTurns(() => Part(entry));
    }

    private bool Matches_NeedsLock(TaskStatus task) =>
        _everything || (_tags.Count > 0 && task.Tags.Any(_tags.Contains)) || (_groups.Count > 0 && task.Groups.Any(_groups.Contains));

    private void Part(Entry? entry)
    {
        if (entry is not null)
        {
            streams.Part(entry.Cursor);
            pump.Ready(entry.Cursor);
        }
    }

    private sealed record Entry(StreamCursor Cursor, bool Named, bool Started);
}
