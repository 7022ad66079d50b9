namespace Overseer.Core.Expressions.Cel.Syntax;

/// <summary>A token of an expression.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Position">Where it begins, an offset from 0.</param>
/// <param name="Text">As written; numbers without prefix and suffix, quoted texts empty.</param>
/// <param name="Octets">What a quoted text or quoted bytes stand for.</param>
internal readonly record struct CelToken(CelTokenKind Kind, int Position, string Text, byte[]? Octets = null)
{
    /// <summary>Whether it is this operator or bracket.</summary>
    public bool IsSymbol(string symbol) => Kind == CelTokenKind.Symbol && Text == symbol;

    /// <summary>Whether it is this word.</summary>
    public bool IsWord(string word) => Kind == CelTokenKind.Word && Text == word;

    /// <summary>For error messages.</summary>
    public string Shown => Kind switch
    {
        CelTokenKind.End => "the end of the expression",
        CelTokenKind.Text => "a text in quotes",
        CelTokenKind.Bytes => "bytes in quotes",
        CelTokenKind.Int or CelTokenKind.Uint or CelTokenKind.Double => "a number",
        _ => $"\"{Text}\"",
    };
}
