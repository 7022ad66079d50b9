using System.Text;

namespace Overseer.Core.Expressions;

/// <summary>
/// A text with places for parameters, written in the part of Go's template language that actions need: <c>[[.name]]</c>, <c>[[index . "my-key"]]</c>,
/// <c>[[if …]] [[else if …]] [[else]] [[end]]</c>, the functions <c>eq ne and or not print default</c>, brackets, <c>|</c>, and the trim markers
/// <c>[[- </c> and <c> -]]</c>. Anything else is refused when the template is made, so that rendering cannot fail. Immutable; may be used from any thread.
/// </summary>
public sealed class TextTemplate
{
    private readonly IReadOnlyList<TemplateNode> _nodes;

    private TextTemplate(string source, IReadOnlyList<TemplateNode> nodes)
    {
        Source = source;
        _nodes = nodes;
    }

    /// <summary>The text it was made from.</summary>
    public string Source { get; }

    /// <summary>True when it has no places: it renders as the same text whatever the parameters.</summary>
    public bool IsConstant => _nodes.All(n => n is TemplateNode.Plain);

    /// <summary>Makes a template.</summary>
    /// <param name="text">Its text.</param>
    /// <exception cref="TemplateException">The text is no template; the message names the position.</exception>
    public static TextTemplate Parse(string text) => new(text, new TemplateParser(new TemplateLexer(text).Run()).Run());

    /// <summary>The text for these parameters; a parameter that is not there is the empty text.</summary>
    public string Render(IReadOnlyDictionary<string, string> parameters)
    {
        switch (_nodes)
        {
            case []: return "";
            case [TemplateNode.Plain plain]: return plain.Text;
            case [TemplateNode.Value value]: return value.Expression.Evaluate(parameters).ToString();
        }

        var text = new StringBuilder();
        foreach (var node in _nodes) node.Render(parameters, text);
        return text.ToString();
    }
}
