namespace Overseer.Core.Expressions.Cel.Values;

/// <summary>CEL's order: numbers of all three types on one line, texts by code point, bytes by octet, false before true.</summary>
internal static class CelOrdering
{
    /// <summary>What a comparison says of values that have an order between them but none that holds here: NaN.</summary>
    public const int Unordered = 2;

    /// <summary>-1, 0, 1 or <see cref="Unordered"/>; null when the kinds have no order.</summary>
    public static int? Compare(in CelValue left, in CelValue right)
    {
        if (left.IsNumber && right.IsNumber) return CompareNumbers(left, right);
        if (left.Kind != right.Kind) return null;
        return left.Kind switch
        {
            CelKind.Bool => left.AsBool.CompareTo(right.AsBool),

            // The order of UTF-8 is the order of code points.
            CelKind.Text or CelKind.Bytes => Math.Sign(left.Octets.Span.SequenceCompareTo(right.Octets.Span)),
            _ => null,
        };
    }

    /// <summary>Compares numbers by their exact values.</summary>
    public static int CompareNumbers(in CelValue left, in CelValue right) => (left.Kind, right.Kind) switch
    {
        (CelKind.Int, CelKind.Int) => left.AsInt.CompareTo(right.AsInt),
        (CelKind.Uint, CelKind.Uint) => left.AsUint.CompareTo(right.AsUint),
        (CelKind.Double, CelKind.Double) => Compare(left.AsDouble, right.AsDouble),
        (CelKind.Int, CelKind.Uint) => Compare(left.AsInt, right.AsUint),
        (CelKind.Uint, CelKind.Int) => -Compare(right.AsInt, left.AsUint),
        (CelKind.Int, CelKind.Double) => Compare(left.AsInt, right.AsDouble),
        (CelKind.Double, CelKind.Int) => Reverse(Compare(right.AsInt, left.AsDouble)),
        (CelKind.Uint, CelKind.Double) => Compare(left.AsUint, right.AsDouble),
        _ => Reverse(Compare(right.AsUint, left.AsDouble)),
    };

    private static int Reverse(int order) => order == Unordered ? order : -order;

    private static int Compare(double left, double right) =>
        double.IsNaN(left) || double.IsNaN(right) ? Unordered : left < right ? -1 : left > right ? 1 : 0;

    private static int Compare(long left, ulong right) => left < 0 ? -1 : ((ulong)left).CompareTo(right);

    private static int Compare(long left, double right)
    {
        if (double.IsNaN(right)) return Unordered;
        if (right >= 9223372036854775808.0) return -1;
        if (right < -9223372036854775808.0) return 1;
        var whole = Math.Truncate(right);
        var order = left.CompareTo((long)whole);
        return order != 0 ? order : Compare(whole, right);
    }

    private static int Compare(ulong left, double right)
    {
        if (double.IsNaN(right)) return Unordered;
        if (right >= 18446744073709551616.0) return -1;
        if (right < 0) return 1;
        var whole = Math.Truncate(right);
        var order = left.CompareTo((ulong)whole);
        return order != 0 ? order : Compare(whole, right);
    }
}
