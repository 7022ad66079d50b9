using System.Collections.Concurrent;
using Overseer.Core.Registry;

namespace Overseer.Core.Tasks;

/// <summary>
/// The tasks that this server runs, among all that the registry knows. Changed by the engine's one thread; <see cref="FindByRun"/> may be used from any.
/// </summary>
internal sealed class TaskTable(RegistryIndex index)
{
    private readonly ConcurrentDictionary<RunId, TaskEntry> _byRun = new();
    private readonly LinkedList<TaskEntry> _ended = new();

    private int _liveForeign;

    /// <summary>Number of these tasks.</summary>
    public int Count { get; private set; }

    /// <summary>Estimated bytes of all of them.</summary>
    public long Bytes { get; private set; }

    /// <summary>Estimated bytes of those whose run is under way.</summary>
    public long LiveBytes { get; private set; }

    /// <summary>Number of tasks whose run is under way.</summary>
    public int Live => Count - _ended.Count;

    /// <summary>Those among them that are this server's own: it cannot end before them.</summary>
    public int LiveOwn => Live - _liveForeign;

    /// <summary>Every one of them, by number.</summary>
    public IEnumerable<TaskEntry> All => index.All.OfType<TaskEntry>();

    /// <summary>The task with this id.</summary>
    public TaskEntry? Find(string taskId) => index.Find(taskId) as TaskEntry;

    /// <summary>Whether an id is that of a task that is none of these.</summary>
    public bool IsForeign(string taskId) => index.Find(taskId) is not (null or TaskEntry);

    /// <summary>The task whose current run, or whose run still to be swept, this is.</summary>
    public TaskEntry? FindByRun(RunId run) => _byRun.GetValueOrDefault(run);

    /// <summary>The task with this name, whatever it comes from.</summary>
    public RegisteredTask? FindByName(string name) => index.FindByName(name);

    /// <summary>The ended task to be forgotten first, or <see langword="null"/> when there is none but <paramref name="except"/>.</summary>
    public TaskEntry? OldestEnded(TaskEntry? except)
    {
        var first = _ended.First;
        if (first is not null && first.Value == except) first = first.Next;
        return first?.Value;
    }

    /// <summary>Adds a task that has just been launched for the first time.</summary>
    public void Add(TaskEntry entry)
    {
        index.Add(entry);
        Count++;
        Bytes += entry.Bytes;
        LiveBytes += entry.Bytes;
        if (entry.Status.IsForeign) _liveForeign++;
    }

    /// <summary>Forgets a task.</summary>
    public void Remove(TaskEntry entry)
    {
        SetName(entry, entry.Labels.Name, null);
        SetEnded(entry, false);
        index.Remove(entry);
        Count--;
        Bytes -= entry.Bytes;
        LiveBytes -= entry.Bytes;
        if (entry.Status.IsForeign) _liveForeign--;
    }

    /// <summary>Makes a run known.</summary>
    public void AddRun(RunId run, TaskEntry entry) => _byRun[run] = entry;

    /// <summary>Forgets a run.</summary>
    public void RemoveRun(RunId run) => _byRun.TryRemove(run, out _);

    /// <summary>Says by which pid a task is found.</summary>
    public void SetPid(TaskEntry entry, int? pid) => index.SetPid(entry, pid);

    /// <summary>Moves a task from one name to another.</summary>
    public void SetName(TaskEntry entry, string? from, string? to) => index.SetName(entry, from, to);

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
            if (entry.Status.IsForeign) _liveForeign--;
        }
        else
        {
            _ended.Remove(entry.EndedNode!);
            entry.EndedNode = null;
            LiveBytes += entry.Bytes;
            if (entry.Status.IsForeign) _liveForeign++;
        }
    }
}
