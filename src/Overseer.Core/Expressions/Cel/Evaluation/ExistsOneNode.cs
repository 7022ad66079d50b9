namespace Overseer.Core.Expressions.Cel.Evaluation;

/// <summary><c>range.exists_one(x, predicate)</c>; any error makes it one.</summary>
internal sealed class ExistsOneNode(CelNode range, int slot, CelNode predicate) : CelCondition
{
    /// <inheritdoc/>
    public override CelTruth Test(CelFrame frame)
    {
        if (CelRange.Elements(range, frame) is not { } elements) return CelTruth.Error;
        var count = 0;
        foreach (var element in elements)
        {
            if (!frame.Spend(1)) return CelTruth.Error;
            frame.Locals[slot] = element;
            switch (predicate.Test(frame))
            {
                case CelTruth.True:
                    count++;
                    break;
                case CelTruth.Error: return CelTruth.Error;
            }
        }

        return Of(count == 1);
    }
}
