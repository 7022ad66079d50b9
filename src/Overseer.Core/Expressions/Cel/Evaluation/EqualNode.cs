using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Expressions.Cel.Evaluation;

/// <summary><c>left == right</c>.</summary>
internal sealed class EqualNode(CelNode left, CelNode right) : CelCondition
{
    /// <inheritdoc/>
    public override CelTruth Test(CelFrame frame)
    {
        if (!frame.Spend(1)) return CelTruth.Error;
        var first = left.Evaluate(frame);
        if (first.IsError) return frame.Fail(first.AsError);
        var second = right.Evaluate(frame);
        return second.IsError ? frame.Fail(second.AsError) : Of(CelEquality.Equal(first, second, frame));
    }
}
