namespace Overseer.Core.Expressions.Cel.Evaluation;

/// <summary><c>!operand</c>.</summary>
internal sealed class NotNode(CelNode operand) : CelCondition
{
    /// <inheritdoc/>
    public override CelTruth Test(CelFrame frame) => operand.Test(frame) switch
    {
        CelTruth.True => CelTruth.False,
        CelTruth.False => CelTruth.True,
        _ => CelTruth.Error,
    };
}
