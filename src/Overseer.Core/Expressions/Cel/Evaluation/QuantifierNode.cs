using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Expressions.Cel.Evaluation;

/// <summary><c>range.all(x, predicate)</c> and <c>range.exists(x, predicate)</c>: as a chain of <c>&amp;&amp;</c> or <c>||</c>, errors included.</summary>
internal sealed class QuantifierNode(bool all, CelNode range, int slot, CelNode predicate) : CelCondition
{
    private readonly CelTruth _decides = all ? CelTruth.False : CelTruth.True;

    /// <inheritdoc/>
    public override CelTruth Test(CelFrame frame)
    {
        if (CelRange.Elements(range, frame) is not { } elements) return CelTruth.Error;
        CelError? error = null;
        foreach (var element in elements)
        {
            if (!frame.Spend(1)) return CelTruth.Error;
            frame.Locals[slot] = element;
            var truth = predicate.Test(frame);
            if (truth == _decides) return truth;
            if (truth != CelTruth.Error) continue;
            if (frame.Limit is not null) return truth;
            error ??= frame.Error;
        }

        return error is null ? Of(all) : frame.Fail(error);
    }
}
