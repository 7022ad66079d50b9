using Overseer.Core.Configuration;

namespace Overseer.Core.Drivers;

/// <summary>An action that can be started.</summary>
/// <param name="Definition">What the configuration says.</param>
/// <param name="Action">What its driver made of it.</param>
public sealed record ActionEntry(ActionDefinition Definition, IAction Action)
{
    /// <summary>Whether a task started by this one is what a task started by <paramref name="former"/> is, with the same parameters: then it need not be started again.</summary>
    public bool StartsLike(ActionEntry former)
    {
        ArgumentNullException.ThrowIfNull(former);
        if (Definition.Type != former.Definition.Type || Definition.Stop != former.Definition.Stop) return false;
        return Action.StartsLike(former.Action) ?? ConfigNode.AreEqual(Definition.Config, former.Definition.Config);
    }
}
