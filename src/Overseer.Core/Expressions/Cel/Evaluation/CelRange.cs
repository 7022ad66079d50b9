using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Expressions.Cel.Evaluation;

/// <summary>What a macro goes through: the elements of a list, the keys of a map.</summary>
internal static class CelRange
{
    /// <summary>The elements; null when there are none to be had, and then the frame says why.</summary>
    public static CelValue[]? Elements(CelNode range, CelFrame frame)
    {
        if (!frame.Spend(1)) return null;
        var value = range.Evaluate(frame);
        switch (value.Kind)
        {
            case CelKind.List: return value.AsArray;
            case CelKind.Map:
                var entries = value.AsMap.Entries(frame);
                if (!frame.TakeElements(entries.Count)) return null;
                var keys = new CelValue[entries.Count];
                for (var i = 0; i < keys.Length; i++) keys[i] = entries[i].Key;
                return keys;
            case CelKind.Error:
                frame.Error = value.AsError;
                return null;
            default:
                frame.Error = CelError.NoOverload("a macro", value.Kind);
                return null;
        }
    }
}
