using Overseer.Core.Registry;

namespace Overseer.Core.Tasks.Storage;

/// <summary>Everything a store holds, as a server finds it at its start.</summary>
internal sealed record StoredState
{
    /// <summary>A store that holds nothing.</summary>
    public static StoredState Empty { get; } = new();

    /// <summary>The tasks by number.</summary>
    public IReadOnlyList<TaskRecord> Tasks { get; init; } = [];

    /// <summary>Their runs, by task and ordinal.</summary>
    public IReadOnlyList<RunRecord> Runs { get; init; } = [];

    /// <summary>The adopted tasks by number.</summary>
    public IReadOnlyList<AdoptedRecord> Adopted { get; init; } = [];

    /// <summary>Whether what another program kept of its registry was taken over once, or did not exist when it was looked for.</summary>
    public bool SnapshotTaken { get; init; }

    /// <summary>When those that live were last seen; unset when nobody ever looked.</summary>
    public DateTimeOffset? SeenAt { get; init; }

    /// <summary>The highest registry number that was ever given out.</summary>
    public long LastNumber { get; init; }

    /// <summary>How often a server has been started on this store, this time included.</summary>
    public long Epoch { get; init; } = 1;
}
