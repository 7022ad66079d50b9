using System.Text;

namespace Overseer.Core.Expressions;

/// <summary>A part of a template that writes something. A closed hierarchy.</summary>
internal abstract record TemplateNode
{
    private TemplateNode()
    {
    }

    /// <summary>Writes it for these parameters.</summary>
    public abstract void Render(IReadOnlyDictionary<string, string> parameters, StringBuilder destination);

    /// <summary>Text as it stands.</summary>
    public sealed record Plain(string Text) : TemplateNode
    {
        /// <inheritdoc/>
        public override void Render(IReadOnlyDictionary<string, string> parameters, StringBuilder destination) => destination.Append(Text);
    }

    /// <summary>The value of an expression.</summary>
    public sealed record Value(TemplateExpression Expression) : TemplateNode
    {
        /// <inheritdoc/>
        public override void Render(IReadOnlyDictionary<string, string> parameters, StringBuilder destination) =>
            destination.Append(Expression.Evaluate(parameters).ToString());
    }

    /// <summary>One part or another.</summary>
    public sealed record If(TemplateExpression Condition, IReadOnlyList<TemplateNode> Then, IReadOnlyList<TemplateNode> Else) : TemplateNode
    {
        /// <inheritdoc/>
        public override void Render(IReadOnlyDictionary<string, string> parameters, StringBuilder destination)
        {
            foreach (var node in Condition.Evaluate(parameters).IsTrue ? Then : Else) node.Render(parameters, destination);
        }
    }
}
