namespace Overseer.Core.Expressions.Cel.Checking;

/// <summary>Kinds of static types.</summary>
internal enum CelTypeKind
{
    /// <summary>Anything: known only at evaluation.</summary>
    Dyn,

    /// <summary><c>null_type</c>.</summary>
    Null,

    /// <summary><c>bool</c>.</summary>
    Bool,

    /// <summary><c>int</c>.</summary>
    Int,

    /// <summary><c>uint</c>.</summary>
    Uint,

    /// <summary><c>double</c>.</summary>
    Double,

    /// <summary><c>string</c>.</summary>
    Text,

    /// <summary><c>bytes</c>.</summary>
    Bytes,

    /// <summary><c>list(element)</c>.</summary>
    List,

    /// <summary><c>map(key, element)</c>.</summary>
    Map,

    /// <summary><c>type</c>.</summary>
    Type,
}
