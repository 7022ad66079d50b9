using Overseer.Core.Expressions.Cel.Evaluation;

namespace Overseer.Core.Expressions.Cel.Checking;

/// <summary>A compiled part and what is known of its type.</summary>
/// <param name="Node">The part.</param>
/// <param name="Type">Its static type.</param>
internal readonly record struct CelTyped(CelNode Node, CelType Type)
{
    /// <summary>A condition.</summary>
    public static CelTyped Bool(CelNode node) => new(node, CelType.Bool);
}
