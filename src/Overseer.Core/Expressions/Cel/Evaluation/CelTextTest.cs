namespace Overseer.Core.Expressions.Cel.Evaluation;

/// <summary>What a text is tested for.</summary>
internal enum CelTextTest
{
    /// <summary><c>contains</c>.</summary>
    Contains,

    /// <summary><c>startsWith</c>.</summary>
    StartsWith,

    /// <summary><c>endsWith</c>.</summary>
    EndsWith,
}
