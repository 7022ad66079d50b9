using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Expressions.Cel.Evaluation;

/// <summary><c>element in list</c>, <c>key in map</c>.</summary>
internal sealed class InNode(CelNode element, CelNode container) : CelCondition
{
    /// <inheritdoc/>
    public override CelTruth Test(CelFrame frame)
    {
        if (!frame.Spend(1)) return CelTruth.Error;
        var wanted = element.Evaluate(frame);
        if (wanted.IsError) return frame.Fail(wanted.AsError);
        var where = container.Evaluate(frame);
        switch (where.Kind)
        {
            case CelKind.Error: return frame.Fail(where.AsError);
            case CelKind.Map: return Of(where.AsMap.TryGet(wanted, frame, out _));
            case CelKind.List:
                foreach (var candidate in where.Elements)
                {
                    if (!frame.Spend(1)) return CelTruth.Error;
                    if (CelEquality.Equal(candidate, wanted, frame)) return CelTruth.True;
                }

                return CelTruth.False;
            default: return frame.Fail(CelError.NoOverload("in", wanted.Kind, where.Kind));
        }
    }
}
