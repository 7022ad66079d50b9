using System.Collections.Frozen;
using Overseer.Core.Registry;
using Overseer.Core.Tasks;

namespace Overseer.Core.Drivers;

/// <summary>All actions of a configuration. Immutable; may be read from any thread.</summary>
public sealed class ActionCatalog
{
    /// <summary>
    /// What stands for the action of tasks that were started from a command, which no action describes. It is in no list, and no action can have this name.
    /// </summary>
    public const string CommandName = "command";

    /// <summary>What stands for the action of adopted processes. It is in no list, and no action can have this name.</summary>
    public const string AdoptName = AdoptedTask.ActionName;

    /// <summary>What stands for the action of containers that report over the hub. It is in no list, and no action can have this name.</summary>
    public const string SessionName = "session";

    /// <summary>What stands for the action of adopted containers. It is in no list, and no action can have this name.</summary>
    public const string ContainerName = "container";

    private const int MaxShownName = 100;
    private readonly FrozenDictionary<string, ActionEntry> _byName;

    /// <summary>Makes a catalog.</summary>
    /// <param name="entries">The actions; each name once.</param>
    /// <exception cref="ArgumentException">Two actions have the same name, or one has a name that <see cref="IsReserved"/>.</exception>
    public ActionCatalog(IEnumerable<ActionEntry> entries)
    {
        Entries = [.. entries.OrderBy(e => e.Definition.Name, StringComparer.Ordinal)];
        for (var i = 1; i < Entries.Count; i++)
        {
            if (Entries[i].Definition.Name == Entries[i - 1].Definition.Name) throw new ArgumentException($"two actions are named \"{Entries[i].Definition.Name}\"", nameof(entries));
        }

        if (Entries.FirstOrDefault(e => IsReserved(e.Definition.Name)) is { } reserved) throw new ArgumentException($"no action can be named \"{reserved.Definition.Name}\"", nameof(entries));
        _byName = Entries.ToFrozenDictionary(e => e.Definition.Name, StringComparer.Ordinal);
    }

    /// <summary>Whether a name stands for something else than an action.</summary>
    public static bool IsReserved(string name) => name is CommandName or AdoptName or SessionName or ContainerName;

    /// <summary>A catalog without actions.</summary>
    public static ActionCatalog Empty { get; } = new([]);

    /// <summary>The actions, sorted by name.</summary>
    public IReadOnlyList<ActionEntry> Entries { get; }

    /// <summary>What runs commands that no action describes; <see langword="null"/> where nothing does. Its <see cref="IAction"/> is given them in <see cref="RunRequest.Command"/>.</summary>
    public ActionEntry? Command { get; init; }

    /// <summary>
    /// What stands for the actions of tasks that somebody else started and that are still carried out here, such as sessions: no client can start them, no pool has them, nothing restarts them, and
    /// the end of the server leaves them alone.
    /// </summary>
    internal IReadOnlyList<ActionEntry> Foreign { get; init; } = [];

    /// <summary>The action with this name.</summary>
    public ActionEntry? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>What a task was started from: an action, or a command.</summary>
    internal ActionEntry? Of(string action) => action switch
    {
        CommandName => Command,
        SessionName or ContainerName => Foreign.FirstOrDefault(entry => entry.Definition.Name == action),
        _ => Find(action),
    };

    /// <summary>Where tasks of an action come from.</summary>
    internal static TaskOrigin OriginOf(string action) => action switch
    {
        CommandName => TaskOrigin.Command,
        SessionName => TaskOrigin.Session,
        ContainerName => TaskOrigin.Container,
        _ => TaskOrigin.Action,
    };

    /// <summary>What a client is told that asked for an action which is not there. A name may be as long as a message: the beginning of it is shown.</summary>
    internal string Refusal(string name)
    {
        if (Entries.Count == 0) return "no actions configured";
        if (name.Length <= MaxShownName) return $"unknown action: {GoQuote.Text(name)}";
        var end = char.IsHighSurrogate(name[MaxShownName - 1]) ? MaxShownName - 1 : MaxShownName;
        return $"unknown action: {GoQuote.Text(name[..end] + "…")}";
    }
}
