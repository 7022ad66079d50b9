using Overseer.Core.Expressions.Cel.Evaluation;

namespace Overseer.Core.Expressions.Cel.Values;

/// <summary>
/// CEL's equality: values of different types are unequal, except that numbers are compared as numbers; NaN equals nothing; lists element by element, maps entry by entry.
/// </summary>
internal static class CelEquality
{
    /// <summary>Whether two values, neither an error, are equal.</summary>
    public static bool Equal(in CelValue left, in CelValue right, CelFrame frame)
    {
        if (left.Kind != right.Kind) return left.IsNumber && right.IsNumber && CelOrdering.CompareNumbers(left, right) == 0;
        switch (left.Kind)
        {
            case CelKind.Null: return true;
            case CelKind.Bool: return left.AsBool == right.AsBool;
            case CelKind.Int or CelKind.Uint: return left.AsInt == right.AsInt;
            case CelKind.Double: return left.AsDouble == right.AsDouble;
            case CelKind.Type: return left.AsType == right.AsType;
            case CelKind.List: return Lists(left.Elements, right.Elements, frame);
            case CelKind.Map: return Maps(left.AsMap, right.AsMap, frame);
            case CelKind.Text or CelKind.Bytes:
                frame.SpendBytes(Math.Min(left.Octets.Length, right.Octets.Length));
                return left.Octets.Span.SequenceEqual(right.Octets.Span);
            default: return false;
        }
    }

    private static bool Lists(ReadOnlySpan<CelValue> left, ReadOnlySpan<CelValue> right, CelFrame frame)
    {
        if (left.Length != right.Length) return false;
        for (var i = 0; i < left.Length && frame.Spend(1); i++)
        {
            if (!Equal(left[i], right[i], frame)) return false;
        }

        return true;
    }

    private static bool Maps(CelMap left, CelMap right, CelFrame frame)
    {
        var entries = left.Entries(frame);
        if (entries.Count != right.Entries(frame).Count) return false;
        for (var i = 0; i < entries.Count && frame.Spend(1); i++)
        {
            if (!right.TryGet(entries[i].Key, frame, out var value) || !Equal(entries[i].Value, value, frame)) return false;
        }

        return true;
    }
}
