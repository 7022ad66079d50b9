using System.Runtime.InteropServices;

namespace Overseer.Core.Expressions;

/// <summary>What an expression of a template yields: a text, or the outcome of a comparison.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TemplateValue
{
    private readonly string? _text;
    private readonly bool _flag;

    /// <summary>A text.</summary>
    public TemplateValue(string text) => _text = text;

    /// <summary>The outcome of a comparison.</summary>
    public TemplateValue(bool flag) => _flag = flag;

    /// <summary>Whether it is an outcome, not a text.</summary>
    public bool IsFlag => _text is null;

    /// <summary>A text is true when it is not empty.</summary>
    public bool IsTrue => _text is null ? _flag : _text.Length > 0;

    /// <summary>The text, or <c>true</c> or <c>false</c>.</summary>
    public override string ToString() => _text ?? (_flag ? "true" : "false");
}
