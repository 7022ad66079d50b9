using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Expressions.Cel.Evaluation;

/// <summary>Where the line came from: <c>output.stream</c>.</summary>
internal sealed class StreamNode : CelNode
{
    private static readonly CelValue Output = CelValue.Text("stdout");
    private static readonly CelValue Error = CelValue.Text("stderr");

    /// <inheritdoc/>
    public override CelValue Evaluate(CelFrame frame) => frame.IsStandardError ? Error : Output;

    /// <inheritdoc/>
    public override CelTextResult TryRawText(CelFrame frame, out ReadOnlySpan<byte> text)
    {
        text = frame.IsStandardError ? "stderr"u8 : "stdout"u8;
        return CelTextResult.Text;
    }
}
