using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Expressions.Cel.Evaluation;

/// <summary><c>int(operand)</c> and its like.</summary>
internal sealed class ConvertNode(string function, CelNode operand) : CelNode
{
    /// <inheritdoc/>
    public override CelValue Evaluate(CelFrame frame)
    {
        if (!frame.Spend(1)) return frame.Spent;
        var value = operand.Evaluate(frame);
        return value.IsError ? value : CelConversion.Convert(function, value, frame);
    }
}
