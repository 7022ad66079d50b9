using System.Runtime.InteropServices;

namespace Overseer.Core.Expressions;

/// <summary>Kinds of <see cref="TemplateToken"/>.</summary>
internal enum TemplateTokenKind
{
    /// <summary>Text outside of <c>[[ ]]</c>, trimmed as its neighbours ask.</summary>
    Text,

    /// <summary><c>[[</c>.</summary>
    Open,

    /// <summary><c>]]</c>.</summary>
    Close,

    /// <summary>A keyword or a function.</summary>
    Word,

    /// <summary><c>.name</c>; the value is the name.</summary>
    Field,

    /// <summary><c>.</c>, all parameters.</summary>
    Dot,

    /// <summary>A quoted text; the value is what it stands for.</summary>
    Literal,

    /// <summary><c>(</c>.</summary>
    LeftParen,

    /// <summary><c>)</c>.</summary>
    RightParen,

    /// <summary><c>|</c>.</summary>
    Pipe,

    /// <summary>The end of the template.</summary>
    End,
}

/// <summary>A piece of a template.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Position">Where it begins, from 0.</param>
/// <param name="Value">Its text.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TemplateToken(TemplateTokenKind Kind, int Position, string Value = "");
