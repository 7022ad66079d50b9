namespace Overseer.Core.Expressions.Cel.Syntax;

/// <summary>Kinds of tokens.</summary>
internal enum CelTokenKind
{
    /// <summary>The end of the expression.</summary>
    End,

    /// <summary>An identifier or a reserved word.</summary>
    Word,

    /// <summary>An <c>int</c>: decimal, or hexadecimal after <c>0x</c>.</summary>
    Int,

    /// <summary>A <c>uint</c>, its suffix left out.</summary>
    Uint,

    /// <summary>A <c>double</c>.</summary>
    Double,

    /// <summary>A text in quotes; its UTF-8 is in the token.</summary>
    Text,

    /// <summary>Bytes in quotes.</summary>
    Bytes,

    /// <summary>An operator or a bracket.</summary>
    Symbol,
}
