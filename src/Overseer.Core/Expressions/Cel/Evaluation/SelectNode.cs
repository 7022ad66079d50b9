using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Expressions.Cel.Evaluation;

/// <summary><c>operand.field</c> of a map.</summary>
internal sealed class SelectNode(CelNode operand, string field) : CelNode
{
    // Made once: a filter may fail like this for each line.
    private readonly CelError _missing = new($"no such key: {field}");
    private readonly CelError _noMap = new($"no such overload: only a map has members; this has no .{field}");
    private readonly CelValue _key = CelValue.Text(field);

    /// <inheritdoc/>
    public override CelValue Evaluate(CelFrame frame)
    {
        if (!frame.Spend(1)) return frame.Spent;
        var map = operand.Evaluate(frame);
        if (map.IsError) return map;
        if (map.Kind != CelKind.Map) return CelValue.Error(_noMap);
        return map.AsMap.TryGet(_key, frame, out var value) ? value : CelValue.Error(_missing);
    }
}
