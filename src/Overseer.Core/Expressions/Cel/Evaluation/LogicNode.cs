using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Expressions.Cel.Evaluation;

/// <summary>A chain of <c>&amp;&amp;</c> or <c>||</c>: an operand that decides makes the errors of all others not matter, those before it included.</summary>
internal sealed class LogicNode(bool and, CelNode[] operands) : CelCondition
{
    private readonly CelTruth _decides = and ? CelTruth.False : CelTruth.True;

    /// <inheritdoc/>
    public override CelTruth Test(CelFrame frame)
    {
        if (!frame.Spend(1)) return CelTruth.Error;
        CelError? error = null;
        foreach (var operand in operands)
        {
            var truth = operand.Test(frame);
            if (truth == _decides) return truth;
            if (truth != CelTruth.Error) continue;
            if (frame.Limit is not null) return truth;
            error ??= frame.Error;
        }

        return error is null ? Of(and) : frame.Fail(error);
    }
}
