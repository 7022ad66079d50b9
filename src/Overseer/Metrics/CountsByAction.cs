using System.Collections.Frozen;
using Overseer.Core.Drivers;

namespace Overseer.Metrics;

/// <summary>The counts of all actions. There are as many as the configuration has actions, one for commands that none of them describes, and one for tasks whose action it does not have any more.</summary>
internal sealed class CountsByAction
{
    /// <summary>What stands for an action that the configuration does not have.</summary>
    public const string UnknownAction = "(unknown)";

    private readonly FrozenDictionary<string, ActionCounts> _byAction;
    private readonly ActionCounts _commands = new(ActionCatalog.CommandName);
    private readonly ActionCounts _unknown = new(UnknownAction);
    private readonly ActionCounts[] _known;

    /// <summary>Begins at zero.</summary>
    public CountsByAction(ActionCatalog actions)
    {
        _known = [.. actions.Entries.Select(entry => new ActionCounts(entry.Definition.Name))];
        _byAction = _known.ToFrozenDictionary(counts => counts.Action, StringComparer.Ordinal);
    }

    /// <summary>All of them; those of commands and the unknown ones once they have something to say.</summary>
    public IEnumerable<ActionCounts> All => [.. _known, .. Rest];

    /// <summary>Those of an action of the configuration, or of commands; null for another.</summary>
    public ActionCounts? Find(string action) => action == ActionCatalog.CommandName ? _commands : _byAction.GetValueOrDefault(action);

    /// <summary>Those in which an action is counted.</summary>
    public ActionCounts Of(string? action) => action switch
    {
        null => _unknown,
        ActionCatalog.CommandName => _commands,
        _ => _byAction.GetValueOrDefault(action, _unknown),
    };

    private IEnumerable<ActionCounts> Rest => ((ActionCounts[])[_commands, _unknown]).Where(counts => !counts.IsEmpty);
}
