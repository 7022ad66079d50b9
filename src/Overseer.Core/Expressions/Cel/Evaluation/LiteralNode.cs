using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Expressions.Cel.Evaluation;

/// <summary>A constant.</summary>
internal sealed class LiteralNode(CelValue value) : CelNode
{
    /// <inheritdoc/>
    public override CelValue? Constant => value;

    /// <inheritdoc/>
    public override CelValue Evaluate(CelFrame frame) => value;
}
