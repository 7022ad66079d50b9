using Overseer.Core.Tasks;

namespace Overseer.Core.Registry;

/// <summary>A tag or group gets another name. Who has both has the new one once; what is renamed is sorted bytewise (PROTOCOLS.md, "goproc").</summary>
/// <param name="Kind">Which.</param>
/// <param name="From">What it is called.</param>
/// <param name="To">What it will be called.</param>
internal sealed record LabelRename(LabelKind Kind, string From, string To)
{
    /// <summary>These labels with the new name; the same ones when the old one is not among them.</summary>
    public IReadOnlyList<string> In(IReadOnlyList<string> labels)
    {
        if (!labels.Contains(From, StringComparer.Ordinal)) return labels;
        return [.. labels.Select(label => label.Trim()).Where(label => label.Length > 0).Select(label => label == From ? To : label).Distinct(StringComparer.Ordinal).Order(ByteOrder)];
    }

    /// <summary>The requests' labels with the new name; the same ones when the old one is not among them.</summary>
    public Labels In(Labels labels) => Kind == LabelKind.Tag
        ? labels.Tags is { } tags && In(tags) is var newTags && newTags != tags ? labels with { Tags = newTags } : labels
        : labels.Groups is { } groups && In(groups) is var newGroups && newGroups != groups ? labels with { Groups = newGroups } : labels;

    private static readonly Comparer<string> ByteOrder = Comparer<string>.Create(Compare);

    // UTF-16 in ordinal order is UTF-8 in byte order, but for surrogates.
    private static int Compare(string a, string b)
    {
        for (var i = 0; i < a.Length && i < b.Length; i++)
        {
            if (a[i] != b[i]) return char.IsSurrogate(a[i]) == char.IsSurrogate(b[i]) ? a[i].CompareTo(b[i]) : char.IsSurrogate(a[i]) ? 1 : -1;
        }

        return a.Length.CompareTo(b.Length);
    }
}
