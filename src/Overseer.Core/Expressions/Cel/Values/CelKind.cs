namespace Overseer.Core.Expressions.Cel.Values;

/// <summary>What a value is.</summary>
internal enum CelKind : byte
{
    /// <summary>No value: the evaluation failed.</summary>
    Error,

    /// <summary><c>null_type</c>.</summary>
    Null,

    /// <summary><c>bool</c>.</summary>
    Bool,

    /// <summary><c>int</c>, 64 bits.</summary>
    Int,

    /// <summary><c>uint</c>, 64 bits.</summary>
    Uint,

    /// <summary><c>double</c>.</summary>
    Double,

    /// <summary><c>string</c>, kept as well-formed UTF-8.</summary>
    Text,

    /// <summary><c>bytes</c>.</summary>
    Bytes,

    /// <summary><c>list</c>.</summary>
    List,

    /// <summary><c>map</c>.</summary>
    Map,

    /// <summary><c>type</c>.</summary>
    Type,
}
