using System.Collections.Concurrent;

namespace Overseer.Core.Tasks;

/// <summary>
/// The known tasks and the ways to find one, each in constant time. Changed by the engine's one thread; the finders and <see cref="Snapshot"/> may be used
/// from any thread and take no lock that the engine would wait for.
/// </summary>
internal sealed class TaskTable
{
    private readonly ConcurrentDictionary<string, TaskEntry> _byId = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, TaskEntry> _byPid = new();
    private readonly ConcurrentDictionary<RunId, TaskEntry> _byRun = new();
    private readonly Dictionary<string, TaskEntry> _byName = new(StringComparer.Ordinal);
    private readonly LinkedList<TaskEntry> _ended = new();
    private Members _members = new(0, []);
    private long _version;

    /// <summary>Number of known tasks.</summary>
    public int Count { get; private set; }

    /// <summary>Estimated bytes of all of them.</summary>
    public long Bytes { get; private set; }

    /// <summary>Estimated bytes of those whose run is under way.</summary>
    public long LiveBytes { get; private set; }

    /// <summary>Number of tasks whose run is under way.</summary>
    public int Live => Count - _ended.Count;

    /// <summary>Every known task; for the engine's thread.</summary>
    public IEnumerable<TaskEntry> All => _byId.Select(pair => pair.Value);

    /// <summary>The task with this id.</summary>
    public TaskEntry? Find(string taskId) => _byId.GetValueOrDefault(taskId);

    /// <summary>The task whose latest process has, or had, this pid.</summary>
    public TaskEntry? FindByPid(int pid) => _byPid.GetValueOrDefault(pid);

    /// <summary>The task whose current run, or whose run still to be swept, this is.</summary>
    public TaskEntry? FindByRun(RunId run) => _byRun.GetValueOrDefault(run);

    /// <summary>The task with this name; for the engine's thread.</summary>
    public TaskEntry? FindByName(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The ended task to be forgotten first, or <see langword="null"/> when there is none but <paramref name="except"/>.</summary>
    public TaskEntry? OldestEnded(TaskEntry? except)
    {
        var first = _ended.First;
        if (first is not null && first.Value == except) first = first.Next;
        return first?.Value;
    }

    /// <summary>All tasks by number, each as it is now.</summary>
    public IReadOnlyList<TaskStatus> Snapshot()
    {
        // The version is read first: whatever changes while the members are collected makes the next reader collect them again.
        var version = Volatile.Read(ref _version);
        var members = Volatile.Read(ref _members);
        if (members.Version != version)
        {
            members = new Members(version, [.. _byId.Select(pair => pair.Value).OrderBy(entry => entry.Number)]);
            Volatile.Write(ref _members, members);
        }

        var tasks = new TaskStatus[members.Entries.Length];
        for (var i = 0; i < tasks.Length; i++) tasks[i] = members.Entries[i].Status;
        return tasks;
    }

    /// <summary>Adds a task that has just been launched for the first time.</summary>
    public void Add(TaskEntry entry)
    {
        _byId[entry.TaskId] = entry;
        Count++;
        Bytes += entry.Bytes;
        LiveBytes += entry.Bytes;
        Volatile.Write(ref _version, _version + 1);
    }

    /// <summary>Forgets a task.</summary>
    public void Remove(TaskEntry entry)
    {
        SetName(entry, entry.Labels.Name, null);
        SetPid(entry, null);
        SetEnded(entry, false);
        _byId.TryRemove(entry.TaskId, out _);
        Count--;
        Bytes -= entry.Bytes;
        LiveBytes -= entry.Bytes;
        Volatile.Write(ref _version, _version + 1);
    }

    /// <summary>Makes a run known.</summary>
    public void AddRun(RunId run, TaskEntry entry) => _byRun[run] = entry;

    /// <summary>Forgets a run.</summary>
    public void RemoveRun(RunId run) => _byRun.TryRemove(run, out _);

    /// <summary>Says by which pid a task is found. Pids come again: the latest owner is found, and takes nothing with it when it goes.</summary>
    public void SetPid(TaskEntry entry, int? pid)
    {
        if (entry.IndexedPid == pid) return;
        if (entry.IndexedPid is { } old) _byPid.TryRemove(KeyValuePair.Create(old, entry));
        if (pid is { } now) _byPid[now] = entry;
        entry.IndexedPid = pid;
    }

    /// <summary>Moves a task from one name to another.</summary>
    public void SetName(TaskEntry entry, string? from, string? to)
    {
        if (from == to) return;
        if (from is not null) _byName.Remove(from);
        if (to is not null) _byName.Add(to, entry);
    }

    /// <summary>Says how many bytes a task occupies.</summary>
    public void SetBytes(TaskEntry entry, long bytes)
    {
        Bytes += bytes - entry.Bytes;
        if (entry.EndedNode is null) LiveBytes += bytes - entry.Bytes;
        entry.Bytes = bytes;
    }

    /// <summary>Says whether a task is among the ended ones.</summary>
    public void SetEnded(TaskEntry entry, bool ended)
    {
        if (ended == entry.EndedNode is not null) return;
        if (ended)
        {
            entry.EndedNode = _ended.AddLast(entry);
            LiveBytes -= entry.Bytes;
        }
        else
        {
            _ended.Remove(entry.EndedNode!);
            entry.EndedNode = null;
            LiveBytes += entry.Bytes;
        }
    }

    private sealed record Members(long Version, TaskEntry[] Entries);
}
