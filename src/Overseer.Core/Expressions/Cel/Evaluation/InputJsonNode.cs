using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Expressions.Cel.Evaluation;

/// <summary>The input as a JSON object: <c>output.json</c>.</summary>
internal sealed class InputJsonNode : CelNode
{
    /// <inheritdoc/>
    public override CelValue Evaluate(CelFrame frame) => frame.Json;
}
