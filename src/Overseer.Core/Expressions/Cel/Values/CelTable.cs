using Overseer.Core.Expressions.Cel.Evaluation;

namespace Overseer.Core.Expressions.Cel.Values;

/// <summary>A map that an expression wrote down: small, so it is searched from the start.</summary>
internal sealed class CelTable(IReadOnlyList<KeyValuePair<CelValue, CelValue>> entries) : CelMap
{
    /// <inheritdoc/>
    public override bool TryGet(in CelValue key, CelFrame frame, out CelValue value)
    {
        frame.Spend(entries.Count);
        for (var i = 0; i < entries.Count; i++)
        {
            if (!CelEquality.Equal(entries[i].Key, key, frame)) continue;
            value = entries[i].Value;
            return true;
        }

        value = default;
        return false;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<CelValue, CelValue>> Entries(CelFrame frame) => entries;
}
