namespace Overseer.Core.Expressions.Cel.Values;

/// <summary>What types are called in the language.</summary>
internal static class CelTypeNames
{
    /// <summary>The names that stand for types in an expression.</summary>
    public static IReadOnlyList<string> All { get; } = ["bool", "bytes", "double", "int", "list", "map", "null_type", "string", "type", "uint"];

    /// <summary>The name of a kind's type.</summary>
    public static string Of(CelKind kind) => kind switch
    {
        CelKind.Null => "null_type",
        CelKind.Bool => "bool",
        CelKind.Int => "int",
        CelKind.Uint => "uint",
        CelKind.Double => "double",
        CelKind.Text => "string",
        CelKind.Bytes => "bytes",
        CelKind.List => "list",
        CelKind.Map => "map",
        CelKind.Type => "type",
        _ => "error",
    };
}
