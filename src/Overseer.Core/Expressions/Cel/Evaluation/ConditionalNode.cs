using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Expressions.Cel.Evaluation;

/// <summary><c>condition ? then : otherwise</c>; only one of the two is evaluated.</summary>
internal sealed class ConditionalNode(CelNode condition, CelNode then, CelNode otherwise) : CelNode
{
    /// <inheritdoc/>
    public override CelValue Evaluate(CelFrame frame) => condition.Test(frame) switch
    {
        CelTruth.True => then.Evaluate(frame),
        CelTruth.False => otherwise.Evaluate(frame),
        _ => CelValue.Error(frame.Error),
    };

    /// <inheritdoc/>
    public override CelTruth Test(CelFrame frame) => condition.Test(frame) switch
    {
        CelTruth.True => then.Test(frame),
        CelTruth.False => otherwise.Test(frame),
        _ => CelTruth.Error,
    };
}
