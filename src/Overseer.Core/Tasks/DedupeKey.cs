using System.Text;
using Overseer.Core.Drivers;

namespace Overseer.Core.Tasks;

/// <summary>The values that, together, may run only once per action.</summary>
internal static class DedupeKey
{
    /// <summary>The key of a start, defaults applied; <see langword="null"/> when the action has no such rule.</summary>
    public static string? Of(ActionEntry action, IReadOnlyDictionary<string, string>? given)
    {
        if (action.Definition.DedupeKey.Count == 0) return null;
        var key = new StringBuilder(action.Definition.Name).Append('\0');
        foreach (var name in action.Definition.DedupeKey)
        {
            var value = given is not null && given.TryGetValue(name, out var sent) ? sent : action.Action.Parameters.GetValueOrDefault(name)?.Default;

            // The length in front keeps ("a", "bc") and ("ab", "c") apart; a missing value is not an empty one.
            if (value is null) key.Append('-');
            else key.Append(value.Length).Append(':').Append(value);
        }

        return key.ToString();
    }
}
