using System.Collections.Frozen;
using Overseer.Core.Drivers;

namespace Overseer.Streams.SeqIndex;

/// <summary>
/// The output filters of a configuration: by action, and by what is kept of them in an index. Those of former configurations are still found by the latter, for lines that came
/// under them and that nobody has judged yet. Thread-safe.
/// </summary>
internal sealed class OutputFilters
{
    /// <summary>How many filters of former configurations are kept.</summary>
    public const int MostFormer = 1024;

    private volatile Known _known;

    /// <summary>Takes filters by the names of their actions.</summary>
    public OutputFilters(IEnumerable<KeyValuePair<string, IOutputFilter>> filters) => _known = Known.Of(filters, []);

    /// <summary>The names of all actions that have a filter, and what is kept of it.</summary>
    public IEnumerable<KeyValuePair<string, ulong>> Fingerprints => _known.ByAction.Select(entry => KeyValuePair.Create(entry.Key, FingerprintOf(entry.Value)));

    /// <summary>The filters of a configuration's actions.</summary>
    public static IEnumerable<KeyValuePair<string, IOutputFilter>> Of(ActionCatalog actions) =>
        actions.Entries.Where(entry => entry.Action.Output is not null).Select(entry => KeyValuePair.Create(entry.Definition.Name, entry.Action.Output!));

    /// <summary>What is kept of a filter: never 0, which stands for none.</summary>
    public static ulong FingerprintOf(IOutputFilter? filter) => filter is null ? 0 : Math.Max(1, filter.Fingerprint);

    /// <summary>An action's filter; null for none.</summary>
    public IOutputFilter? Find(string? action) => action is null ? null : _known.ByAction.GetValueOrDefault(action);

    /// <summary>The filter with a fingerprint; null when no action has it, nor had it lately.</summary>
    public IOutputFilter? Find(ulong fingerprint) => _known.ByFingerprint.GetValueOrDefault(fingerprint);

    /// <summary>Takes the filters of another configuration. For one thread at a time.</summary>
    /// <returns>The actions that have another filter now, one where they had none, or none where they had one.</returns>
    public IReadOnlySet<string> Replace(IEnumerable<KeyValuePair<string, IOutputFilter>> filters)
    {
        var before = _known;
        var after = Known.Of(filters, before.ByAction.Values.Reverse().Concat(before.Former));
        _known = after;
        return before.ByAction.Keys.Union(after.ByAction.Keys, StringComparer.Ordinal)
            .Where(action => FingerprintOf(before.ByAction.GetValueOrDefault(action)) != FingerprintOf(after.ByAction.GetValueOrDefault(action)))
            .ToHashSet(StringComparer.Ordinal);
    }

    private sealed record Known(
        FrozenDictionary<string, IOutputFilter> ByAction,
        IReadOnlyList<IOutputFilter> Former,
        FrozenDictionary<ulong, IOutputFilter> ByFingerprint)
    {
        // The latest of the former ones come first.
        public static Known Of(IEnumerable<KeyValuePair<string, IOutputFilter>> filters, IEnumerable<IOutputFilter> former)
        {
            var byAction = filters.ToFrozenDictionary(StringComparer.Ordinal);
            var now = byAction.Values.Select(FingerprintOf).ToHashSet();
            IOutputFilter[] kept = [.. former.DistinctBy(FingerprintOf).Where(filter => !now.Contains(FingerprintOf(filter))).Take(MostFormer)];
            return new Known(byAction, kept, byAction.Values.Concat(kept).DistinctBy(FingerprintOf).ToFrozenDictionary(FingerprintOf));
        }
    }
}
