using System.Collections.Concurrent;
using Overseer.Core.Tasks;

namespace Overseer.Core.Registry;

/// <summary>
/// All known tasks, whatever they come from, and the ways to find them: by id, number, pid, name, tag and group. Each change costs the same whatever the number of tasks.
/// Changed by the engine's one thread; everything that looks may be used from any thread and takes no lock that the engine would wait for.
/// </summary>
internal sealed class RegistryIndex
{
    private readonly ConcurrentDictionary<string, RegisteredTask> _byId = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, RegisteredTask> _byName = new(StringComparer.Ordinal);
    private readonly PidIndex _pids = new();
    private readonly LabelIndex _tags = new();
    private readonly LabelIndex _groups = new();
    private readonly NumberRoll _all = new();

    /// <summary>Number of known tasks.</summary>
    public int Count => _all.Count;

    /// <summary>All tasks by number.</summary>
    public NumberRoll All => _all;

    /// <summary>The task with this id.</summary>
    public RegisteredTask? Find(string taskId) => _byId.GetValueOrDefault(taskId);

    /// <summary>The task with this number.</summary>
    public RegisteredTask? Find(long number) => _all.Find(number);

    /// <summary>The task with this name.</summary>
    public RegisteredTask? FindByName(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The task whose latest process has this pid; if none lives, the latest that had it.</summary>
    public RegisteredTask? FindByPid(int pid) => _pids.Find(pid);

    /// <summary>All tasks whose latest process has, or had, this pid; the latest owner last.</summary>
    public IReadOnlyList<RegisteredTask> AllByPid(int pid) => _pids.All(pid);

    /// <summary>The tasks with a label, by number. Of one that is changing meanwhile, its status decides.</summary>
    public NumberRoll With(LabelKind kind, string label) => IndexOf(kind).With(label);

    /// <summary>Adds a task; its name and pid are said by <see cref="SetName"/> and <see cref="SetPid"/>.</summary>
    public void Add(RegisteredTask task)
    {
        _byId[task.TaskId] = task;
        _all.Add(task);
        Relabel(task);
    }

    /// <summary>Takes a task out wherever it is.</summary>
    public void Remove(RegisteredTask task)
    {
        if (task.Status.Name is { } name) _byName.TryRemove(KeyValuePair.Create(name, task));
        _pids.Set(task, null);
        Relabel(task, [], []);
        _all.Remove(task);
        _byId.TryRemove(KeyValuePair.Create(task.TaskId, task));
    }

    /// <summary>Says by which pid a task is found.</summary>
    public void SetPid(RegisteredTask task, int? pid) => _pids.Set(task, pid);

    /// <summary>Moves a task from one name to another.</summary>
    public void SetName(RegisteredTask task, string? from, string? to)
    {
        if (from == to) return;
        if (from is not null) _byName.TryRemove(KeyValuePair.Create(from, task));
        if (to is not null) _byName[to] = task;
    }

    /// <summary>A task's labels may have changed. One that is not known yet, or any more, stays so.</summary>
    public void Relabel(RegisteredTask task)
    {
        if (_byId.GetValueOrDefault(task.TaskId) == task) Relabel(task, task.Status.Tags, task.Status.Groups);
    }

    private LabelIndex IndexOf(LabelKind kind) => kind == LabelKind.Tag ? _tags : _groups;

    private void Relabel(RegisteredTask task, IReadOnlyList<string> tags, IReadOnlyList<string> groups)
    {
        if (!ReferenceEquals(task.IndexedTags, tags))
        {
            _tags.Change(task, task.IndexedTags, tags);
            task.IndexedTags = tags;
        }

        if (ReferenceEquals(task.IndexedGroups, groups)) return;
        _groups.Change(task, task.IndexedGroups, groups);
        task.IndexedGroups = groups;
    }
}
