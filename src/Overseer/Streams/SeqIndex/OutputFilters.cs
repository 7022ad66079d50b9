using System.Collections.Frozen;
using Overseer.Core.Drivers;

namespace Overseer.Streams.SeqIndex;

/// <summary>The output filters of a configuration: by action, and by what is kept of them in an index. Immutable; thread-safe.</summary>
internal sealed class OutputFilters
{
    private readonly FrozenDictionary<string, IOutputFilter> _byAction;
    private readonly FrozenDictionary<ulong, IOutputFilter> _byFingerprint;

    /// <summary>Takes filters by the names of their actions.</summary>
    public OutputFilters(IEnumerable<KeyValuePair<string, IOutputFilter>> filters)
    {
        _byAction = filters.ToFrozenDictionary(StringComparer.Ordinal);
        _byFingerprint = _byAction.Values.DistinctBy(FingerprintOf).ToFrozenDictionary(FingerprintOf);
    }

    /// <summary>No filter for anything.</summary>
    public static OutputFilters None { get; } = new([]);

    /// <summary>The names of all actions that have a filter, and what is kept of it.</summary>
    public IEnumerable<KeyValuePair<string, ulong>> Fingerprints => _byAction.Select(entry => KeyValuePair.Create(entry.Key, FingerprintOf(entry.Value)));

    /// <summary>The filters of a configuration's actions.</summary>
    public static OutputFilters Of(ActionCatalog actions) =>
        new(actions.Entries.Where(entry => entry.Action.Output is not null).Select(entry => KeyValuePair.Create(entry.Definition.Name, entry.Action.Output!)));

    /// <summary>What is kept of a filter: never 0, which stands for none.</summary>
    public static ulong FingerprintOf(IOutputFilter? filter) => filter is null ? 0 : Math.Max(1, filter.Fingerprint);

    /// <summary>An action's filter; null for none.</summary>
    public IOutputFilter? Find(string? action) => action is null ? null : _byAction.GetValueOrDefault(action);

    /// <summary>The filter with a fingerprint; null when no action has it any more.</summary>
    public IOutputFilter? Find(ulong fingerprint) => _byFingerprint.GetValueOrDefault(fingerprint);
}
