using System.Collections.Frozen;

namespace Overseer.Core.Drivers;

/// <summary>All actions of a configuration. Immutable; may be read from any thread.</summary>
public sealed class ActionCatalog
{
    private readonly FrozenDictionary<string, ActionEntry> _byName;

    /// <summary>Makes a catalog.</summary>
    /// <param name="entries">The actions; each name once.</param>
    /// <exception cref="ArgumentException">Two actions have the same name.</exception>
    public ActionCatalog(IEnumerable<ActionEntry> entries)
    {
        Entries = [.. entries.OrderBy(e => e.Definition.Name, StringComparer.Ordinal)];
        for (var i = 1; i < Entries.Count; i++)
        {
            if (Entries[i].Definition.Name == Entries[i - 1].Definition.Name) throw new ArgumentException($"two actions are named \"{Entries[i].Definition.Name}\"", nameof(entries));
        }

        _byName = Entries.ToFrozenDictionary(e => e.Definition.Name, StringComparer.Ordinal);
    }

    /// <summary>A catalog without actions.</summary>
    public static ActionCatalog Empty { get; } = new([]);

    /// <summary>The actions, sorted by name.</summary>
    public IReadOnlyList<ActionEntry> Entries { get; }

    /// <summary>The action with this name.</summary>
    public ActionEntry? Find(string name) => _byName.GetValueOrDefault(name);
}
