using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Expressions.Cel.Evaluation;

/// <summary><c>has(operand.field)</c>.</summary>
internal sealed class HasNode(CelNode operand, string field) : CelCondition
{
    private readonly CelError _noMap = new($"no such overload: only a map has members; has() of .{field} needs one");
    private readonly CelValue _key = CelValue.Text(field);

    /// <inheritdoc/>
    public override CelTruth Test(CelFrame frame)
    {
        if (!frame.Spend(1)) return CelTruth.Error;
        var map = operand.Evaluate(frame);
        if (map.IsError) return frame.Fail(map.AsError);
        return map.Kind == CelKind.Map ? Of(map.AsMap.TryGet(_key, frame, out _)) : frame.Fail(_noMap);
    }
}
