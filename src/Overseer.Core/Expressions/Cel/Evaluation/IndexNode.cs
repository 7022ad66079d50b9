using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Expressions.Cel.Evaluation;

/// <summary><c>list[index]</c>, <c>map[key]</c>. A number of another type counts as the int that it equals.</summary>
internal sealed class IndexNode(CelNode operand, CelNode key) : CelNode
{
    private static readonly CelError Missing = new("no such key");

    /// <inheritdoc/>
    public override CelValue Evaluate(CelFrame frame)
    {
        if (!frame.Spend(1)) return frame.Spent;
        var container = operand.Evaluate(frame);
        if (container.IsError) return container;
        var wanted = key.Evaluate(frame);
        if (wanted.IsError) return wanted;
        return container.Kind switch
        {
            CelKind.List => Element(container, wanted),
            CelKind.Map => container.AsMap.TryGet(wanted, frame, out var value) ? value : CelValue.Error(Missing),
            _ => CelValue.Error(CelError.NoOverload("[]", container.Kind)),
        };
    }

    private static CelValue Element(in CelValue list, in CelValue wanted)
    {
        var elements = list.Elements;
        switch (wanted.Kind)
        {
            case CelKind.Int: return wanted.AsInt >= 0 && wanted.AsInt < elements.Length ? elements[(int)wanted.AsInt] : CelValue.Error(CelError.NoSuchElement);
            case CelKind.Uint: return wanted.AsUint < (ulong)elements.Length ? elements[(int)wanted.AsUint] : CelValue.Error(CelError.NoSuchElement);
            case CelKind.Double when wanted.AsDouble == Math.Floor(wanted.AsDouble):
                return wanted.AsDouble >= 0 && wanted.AsDouble < elements.Length ? elements[(int)wanted.AsDouble] : CelValue.Error(CelError.NoSuchElement);
            default: return CelValue.Error(CelError.NoOverload("[] of a list with an index", wanted.Kind));
        }
    }
}
