using Overseer.Core.Expressions.Cel.Syntax;
using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Expressions.Cel.Evaluation;

/// <summary><c>+ - * / %</c>.</summary>
internal sealed class ArithmeticNode(CelOperator kind, CelNode left, CelNode right) : CelNode
{
    /// <inheritdoc/>
    public override CelValue Evaluate(CelFrame frame)
    {
        if (!frame.Spend(1)) return frame.Spent;
        var first = left.Evaluate(frame);
        if (first.IsError) return first;
        var second = right.Evaluate(frame);
        return second.IsError ? second : CelArithmetic.Apply(kind, first, second, frame);
    }
}
