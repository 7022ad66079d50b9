using System.Collections.Frozen;
using Overseer.Core.Drivers;

namespace Overseer.Metrics;

/// <summary>The counts of all actions. There are as many as the configuration has actions, and one for tasks whose action it does not have any more.</summary>
internal sealed class CountsByAction
{
    /// <summary>What stands for an action that the configuration does not have.</summary>
    public const string UnknownAction = "(unknown)";

    private readonly FrozenDictionary<string, ActionCounts> _byAction;
    private readonly ActionCounts _unknown = new(UnknownAction);
    private readonly ActionCounts[] _known;

    /// <summary>Begins at zero.</summary>
    public CountsByAction(ActionCatalog actions)
    {
        _known = [.. actions.Entries.Select(entry => new ActionCounts(entry.Definition.Name))];
        _byAction = _known.ToFrozenDictionary(counts => counts.Action, StringComparer.Ordinal);
    }

    /// <summary>All of them; the unknown one once it has something to say.</summary>
    public IEnumerable<ActionCounts> All => _unknown.IsEmpty ? _known : _known.Append(_unknown);

    /// <summary>Those of an action of the configuration; null for another.</summary>
    public ActionCounts? Find(string action) => _byAction.GetValueOrDefault(action);

    /// <summary>Those in which an action is counted.</summary>
    public ActionCounts Of(string? action) => action is null ? _unknown : _byAction.GetValueOrDefault(action, _unknown);
}
