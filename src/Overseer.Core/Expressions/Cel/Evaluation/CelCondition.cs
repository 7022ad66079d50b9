using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Expressions.Cel.Evaluation;

/// <summary>A part that yields a bool, so that it is tested rather than evaluated.</summary>
internal abstract class CelCondition : CelNode
{
    /// <inheritdoc/>
    public sealed override CelValue Evaluate(CelFrame frame) => Test(frame) switch
    {
        CelTruth.True => CelValue.True,
        CelTruth.False => CelValue.False,
        _ => CelValue.Error(frame.Error),
    };

    /// <inheritdoc/>
    public abstract override CelTruth Test(CelFrame frame);

    /// <summary>A bool as a truth.</summary>
    protected static CelTruth Of(bool value) => value ? CelTruth.True : CelTruth.False;
}
