using System.Collections.Concurrent;

namespace Overseer.Core.Registry;

/// <summary>Who has which tag, or is in which group. Changes belong to the engine's thread, looking is for any.</summary>
internal sealed class LabelIndex
{
    private static readonly NumberRoll Nobody = new();
    private readonly ConcurrentDictionary<string, NumberRoll> _byLabel = new(StringComparer.Ordinal);

    /// <summary>How many labels there are.</summary>
    public int Count => _byLabel.Count;

    /// <summary>The tasks with this label, by number.</summary>
    public NumberRoll With(string label) => _byLabel.GetValueOrDefault(label, Nobody);

    /// <summary>A task has these labels now instead of those.</summary>
    public void Change(RegisteredTask task, IReadOnlyList<string> from, IReadOnlyList<string> to)
    {
        foreach (var label in from)
        {
            if (!to.Contains(label, StringComparer.Ordinal)) Remove(task, label);
        }

        foreach (var label in to)
        {
            if (!from.Contains(label, StringComparer.Ordinal)) _byLabel.GetOrAdd(label, static _ => new NumberRoll()).Add(task);
        }
    }

    private void Remove(RegisteredTask task, string label)
    {
        if (!_byLabel.TryGetValue(label, out var roll)) return;
        roll.Remove(task);
        if (roll.Count == 0) _byLabel.TryRemove(label, out _);
    }
}
