namespace Overseer.Core.Tasks;

/// <summary>
/// The live tasks by what they occupy (<see cref="TaskEntry.DedupeKey"/>). Several may occupy the same when the rule came after them: it is free when the last has ended.
/// </summary>
internal sealed class DedupeIndex
{
    private readonly Dictionary<string, TaskEntry> _first = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<TaskEntry>> _further = new(StringComparer.Ordinal);

    /// <summary>The task that occupies this; none for a key of <see langword="null"/>.</summary>
    public TaskEntry? Find(string? key) => key is null ? null : _first.GetValueOrDefault(key);

    /// <summary>The task occupies its key, if it has one.</summary>
    public void Add(TaskEntry entry)
    {
        if (entry.DedupeKey is not { } key || _first.TryAdd(key, entry)) return;
        if (_further.TryGetValue(key, out var others)) others.Add(entry);
        else _further.Add(key, [entry]);
    }

    /// <summary>It does not any more.</summary>
    public void Remove(TaskEntry entry)
    {
        if (entry.DedupeKey is not { } key) return;
        if (!_further.TryGetValue(key, out var others))
        {
            _first.Remove(key);
            return;
        }

        if (_first[key] == entry)
        {
            _first[key] = others[0];
            others.RemoveAt(0);
        }
        else
        {
            others.Remove(entry);
        }

        if (others.Count == 0) _further.Remove(key);
    }

    /// <summary>Nothing is occupied.</summary>
    public void Clear()
    {
        _first.Clear();
        _further.Clear();
    }
}
