namespace Overseer.Core.Expressions.Cel.Evaluation;

/// <summary><c>operand == "constant"</c>, without making a value of the operand.</summary>
/// <param name="operand">Any kind: what is no text is not equal.</param>
/// <param name="constant">UTF-8 without U+FFFD.</param>
internal sealed class EqualTextNode(CelNode operand, byte[] constant) : CelCondition
{
    /// <inheritdoc/>
    public override CelTruth Test(CelFrame frame)
    {
        if (!frame.SpendBytes(constant.Length)) return CelTruth.Error;
        return operand.TryRawText(frame, out var text) switch
        {
            CelTextResult.Text => Of(text.SequenceEqual(constant)),
            CelTextResult.Other => CelTruth.False,
            _ => CelTruth.Error,
        };
    }
}
