using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Expressions.Cel.Evaluation;

/// <summary>The input as a text: <c>output.data</c>, <c>value</c>.</summary>
internal sealed class InputTextNode : CelNode
{
    /// <inheritdoc/>
    public override CelValue Evaluate(CelFrame frame) => frame.Text;

    /// <inheritdoc/>
    public override CelTextResult TryRawText(CelFrame frame, out ReadOnlySpan<byte> text)
    {
        text = frame.Input.Span;
        return CelTextResult.Text;
    }
}
