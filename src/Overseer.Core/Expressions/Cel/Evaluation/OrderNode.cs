using Overseer.Core.Expressions.Cel.Syntax;
using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Expressions.Cel.Evaluation;

/// <summary><c>&lt; &lt;= &gt; &gt;=</c>.</summary>
internal sealed class OrderNode(CelOperator kind, CelNode left, CelNode right) : CelCondition
{
    /// <inheritdoc/>
    public override CelTruth Test(CelFrame frame)
    {
        if (!frame.Spend(1)) return CelTruth.Error;
        var first = left.Evaluate(frame);
        if (first.IsError) return frame.Fail(first.AsError);
        var second = right.Evaluate(frame);
        if (second.IsError) return frame.Fail(second.AsError);
        if (!frame.SpendBytes(Math.Min(first.Octets.Length, second.Octets.Length))) return CelTruth.Error;
        if (CelOrdering.Compare(first, second) is not { } order) return frame.Fail(CelError.NoOverload(CelArithmetic.Symbol(kind), first.Kind, second.Kind));
        return Of(order != CelOrdering.Unordered && kind switch
        {
            CelOperator.Less => order < 0,
            CelOperator.LessOrEqual => order <= 0,
            CelOperator.Greater => order > 0,
            _ => order >= 0,
        });
    }
}
