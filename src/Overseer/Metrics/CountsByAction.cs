using System.Collections.Frozen;
using Overseer.Core.Drivers;

namespace Overseer.Metrics;

/// <summary>
/// The counts of all actions that the configuration has, or had since the server was started, one for commands that no action describes, and one for tasks of other actions. What is counted
/// never goes down when an action goes. From any thread.
/// </summary>
internal sealed class CountsByAction
{
    /// <summary>What stands for an action that the configuration does not have.</summary>
    public const string UnknownAction = "(unknown)";

    private volatile FrozenDictionary<string, ActionCounts> _byAction = FrozenDictionary<string, ActionCounts>.Empty;
    private readonly ActionCounts _commands = new(ActionCatalog.CommandName);
    private readonly ActionCounts _unknown = new(UnknownAction);
    private volatile ActionCounts[] _known = [];

    /// <summary>Begins at zero.</summary>
    public CountsByAction(ActionCatalog actions) => Add(actions);

    /// <summary>All of them; those of commands and the unknown ones once they have something to say.</summary>
    public IEnumerable<ActionCounts> All => [.. _known, .. Rest];

    /// <summary>Counts these actions too. For one thread at a time.</summary>
    public void Add(ActionCatalog actions)
    {
        ActionCounts[] added = [.. actions.Entries.Where(entry => !_byAction.ContainsKey(entry.Definition.Name)).Select(entry => new ActionCounts(entry.Definition.Name))];
        if (added.Length == 0)
        {
            return;
        }

        ActionCounts[] known = [.. _known.Concat(added).OrderBy(counts => counts.Action, StringComparer.Ordinal)];
        _byAction = known.ToFrozenDictionary(counts => counts.Action, StringComparer.Ordinal);
        _known = known;
    }

    /// <summary>Those of an action that the configuration has or had, or of commands; null for another.</summary>
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
