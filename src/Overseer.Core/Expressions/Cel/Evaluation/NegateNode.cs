using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Expressions.Cel.Evaluation;

/// <summary><c>-operand</c>.</summary>
internal sealed class NegateNode(CelNode operand) : CelNode
{
    /// <inheritdoc/>
    public override CelValue Evaluate(CelFrame frame)
    {
        var value = operand.Evaluate(frame);
        return value.IsError ? value : CelArithmetic.Negate(value);
    }
}
