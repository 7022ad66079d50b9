namespace Overseer.Core.Expressions.Cel;

/// <summary>What an expression may cost. Beyond <see cref="MaxLength"/>, <see cref="MaxDepth"/> and <see cref="MaxPatternLength"/> it is refused; beyond the others its evaluation fails.</summary>
internal sealed record CelLimits
{
    /// <summary>The limits that hold unless others are given.</summary>
    public static CelLimits Default { get; } = new();

    /// <summary>Longest expression, in UTF-16 code units.</summary>
    public int MaxLength { get; init; } = 8192;

    /// <summary>Deepest nesting of brackets, operators and members. A chain of <c>&amp;&amp;</c> or <c>||</c> counts once.</summary>
    public int MaxDepth { get; init; } = 100;

    /// <summary>Longest pattern of <c>matches</c>, in UTF-16 code units.</summary>
    public int MaxPatternLength { get; init; } = 1024;

    /// <summary>Steps of one evaluation: one for each operation, and one for each 16 to 64 bytes an operation looks at.</summary>
    public int MaxSteps { get; init; } = 250_000;

    /// <summary>Elements and entries of all lists and maps that one evaluation makes, those read from JSON included.</summary>
    public int MaxElements { get; init; } = 10_000;
}
