using Overseer.Core.Expressions.Cel.Evaluation;

namespace Overseer.Core.Expressions.Cel.Values;

/// <summary>A map. Keys are equal as <c>==</c> says: 1, 1u and 1.0 are one key.</summary>
internal abstract class CelMap
{
    /// <summary>The value of a key; false when there is none.</summary>
    public abstract bool TryGet(in CelValue key, CelFrame frame, out CelValue value);

    /// <summary>All entries, in no order that means something. Empty, and the frame spent, when they are more than an evaluation may make.</summary>
    public abstract IReadOnlyList<KeyValuePair<CelValue, CelValue>> Entries(CelFrame frame);
}
