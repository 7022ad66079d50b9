using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Expressions.Cel.Evaluation;

/// <summary><c>range.filter(x, predicate)</c>, <c>range.map(x, value)</c> and <c>range.map(x, predicate, value)</c>; any error makes it one.</summary>
/// <param name="range">What it goes through.</param>
/// <param name="slot">Where the variable is.</param>
/// <param name="predicate">Which elements count; null for all.</param>
/// <param name="transform">What becomes of them; null for nothing.</param>
internal sealed class CollectNode(CelNode range, int slot, CelNode? predicate, CelNode? transform) : CelNode
{
    /// <inheritdoc/>
    public override CelValue Evaluate(CelFrame frame)
    {
        if (CelRange.Elements(range, frame) is not { } elements) return CelValue.Error(frame.Error);
        var collected = new List<CelValue>();
        foreach (var element in elements)
        {
            if (!frame.Spend(1)) return frame.Spent;
            frame.Locals[slot] = element;
            if (predicate is not null)
            {
                var truth = predicate.Test(frame);
                if (truth == CelTruth.Error) return CelValue.Error(frame.Error);
                if (truth == CelTruth.False) continue;
            }

            var value = transform is null ? element : transform.Evaluate(frame);
            if (value.IsError) return value;
            if (!frame.TakeElements(1)) return frame.Spent;
            collected.Add(value);
        }

        return CelValue.List([.. collected]);
    }
}
