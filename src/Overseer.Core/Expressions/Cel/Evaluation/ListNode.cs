using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Expressions.Cel.Evaluation;

/// <summary><c>[a, b]</c>.</summary>
internal sealed class ListNode(CelNode[] items) : CelNode
{
    /// <inheritdoc/>
    public override CelValue Evaluate(CelFrame frame)
    {
        if (!frame.TakeElements(items.Length)) return frame.Spent;
        var elements = new CelValue[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            elements[i] = items[i].Evaluate(frame);
            if (elements[i].IsError) return elements[i];
        }

        return CelValue.List(elements);
    }
}
