using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Expressions.Cel.Checking;

/// <summary>What is known of a part's type before any evaluation.</summary>
/// <param name="Kind">The type without its parameters.</param>
/// <param name="Element">Of a list its elements, of a map its values.</param>
/// <param name="Key">Of a map its keys.</param>
internal sealed record CelType(CelTypeKind Kind, CelType? Element = null, CelType? Key = null)
{
    /// <summary>Not known.</summary>
    public static CelType Dyn { get; } = new(CelTypeKind.Dyn);

    /// <summary><c>null_type</c>.</summary>
    public static CelType Null { get; } = new(CelTypeKind.Null);

    /// <summary><c>bool</c>.</summary>
    public static CelType Bool { get; } = new(CelTypeKind.Bool);

    /// <summary><c>int</c>.</summary>
    public static CelType Int { get; } = new(CelTypeKind.Int);

    /// <summary><c>uint</c>.</summary>
    public static CelType Uint { get; } = new(CelTypeKind.Uint);

    /// <summary><c>double</c>.</summary>
    public static CelType Double { get; } = new(CelTypeKind.Double);

    /// <summary><c>string</c>.</summary>
    public static CelType Text { get; } = new(CelTypeKind.Text);

    /// <summary><c>bytes</c>.</summary>
    public static CelType Bytes { get; } = new(CelTypeKind.Bytes);

    /// <summary><c>type</c>.</summary>
    public static CelType Type { get; } = new(CelTypeKind.Type);

    /// <summary>What a JSON object is: <c>map(string, dyn)</c>.</summary>
    public static CelType Json { get; } = MapOf(Text, Dyn);

    /// <summary>Whether only the evaluation can say.</summary>
    public bool IsDyn => Kind == CelTypeKind.Dyn;

    /// <summary>Whether it is a number.</summary>
    public bool IsNumber => Kind is CelTypeKind.Int or CelTypeKind.Uint or CelTypeKind.Double;

    /// <summary>A list.</summary>
    public static CelType ListOf(CelType element) => new(CelTypeKind.List, element);

    /// <summary>A map.</summary>
    public static CelType MapOf(CelType key, CelType value) => new(CelTypeKind.Map, value, key);

    /// <summary>Whether it may turn out to be of this kind.</summary>
    public bool MayBe(CelTypeKind kind) => IsDyn || Kind == kind;

    /// <summary>Whether values of the two may be equal: they are of one type, both numbers, or one is not known.</summary>
    public static bool Comparable(CelType left, CelType right)
    {
        if (left.IsDyn || right.IsDyn || (left.IsNumber && right.IsNumber)) return true;
        if (left.Kind != right.Kind) return false;
        return left.Kind switch
        {
            CelTypeKind.List => Comparable(left.Element!, right.Element!),
            CelTypeKind.Map => Comparable(left.Key!, right.Key!) && Comparable(left.Element!, right.Element!),
            _ => true,
        };
    }

    /// <summary>The type of what may be either.</summary>
    public static CelType Join(CelType left, CelType right)
    {
        if (left == right) return left;
        return (left.Kind, right.Kind) switch
        {
            (CelTypeKind.List, CelTypeKind.List) => ListOf(Join(left.Element!, right.Element!)),
            (CelTypeKind.Map, CelTypeKind.Map) => MapOf(Join(left.Key!, right.Key!), Join(left.Element!, right.Element!)),
            _ => Dyn,
        };
    }

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        CelTypeKind.Dyn => "dyn",
        CelTypeKind.List => $"list({Element})",
        CelTypeKind.Map => $"map({Key}, {Element})",
        _ => CelTypeNames.Of(Runtime),
    };

    /// <summary>The kind of its values.</summary>
    public CelKind Runtime => Kind switch
    {
        CelTypeKind.Null => CelKind.Null,
        CelTypeKind.Bool => CelKind.Bool,
        CelTypeKind.Int => CelKind.Int,
        CelTypeKind.Uint => CelKind.Uint,
        CelTypeKind.Double => CelKind.Double,
        CelTypeKind.Text => CelKind.Text,
        CelTypeKind.Bytes => CelKind.Bytes,
        CelTypeKind.List => CelKind.List,
        CelTypeKind.Map => CelKind.Map,
        CelTypeKind.Type => CelKind.Type,
        _ => CelKind.Error,
    };

    /// <summary>The static type of a constant of a simple kind.</summary>
    public static CelType Of(CelKind kind) => kind switch
    {
        CelKind.Null => Null,
        CelKind.Bool => Bool,
        CelKind.Int => Int,
        CelKind.Uint => Uint,
        CelKind.Double => Double,
        CelKind.Text => Text,
        CelKind.Bytes => Bytes,
        CelKind.Type => Type,
        _ => Dyn,
    };
}
