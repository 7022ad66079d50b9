using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Expressions.Cel.Evaluation;

/// <summary>The variable of a macro.</summary>
internal sealed class LocalNode(int slot) : CelNode
{
    /// <inheritdoc/>
    public override CelValue Evaluate(CelFrame frame) => frame.Locals[slot];
}
