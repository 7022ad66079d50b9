using Overseer.Core.Registry;

namespace Overseer.Core.Tasks.Storage;

/// <summary>
/// What has to be stored, each task and run once and as it is now: one commit. Order within: <see cref="Forgotten"/> and <see cref="RemovedRuns"/> first
/// (a name or id may be used again), then tasks, then runs; <see cref="RegistryReset"/> and <see cref="ForgottenAdopted"/>, then adopted ones.
/// </summary>
internal sealed record EngineChanges
{
    /// <summary>Nothing has changed.</summary>
    public static EngineChanges None { get; } = new();

    /// <summary>Numbers of tasks that are known no more; their runs go with them. A number that was never stored is no error.</summary>
    public IReadOnlyList<long> Forgotten { get; init; } = [];

    /// <summary>Runs that never came to be. One that was never stored is no error.</summary>
    public IReadOnlyList<RunRecord> RemovedRuns { get; init; } = [];

    /// <summary>Tasks that are new or differ.</summary>
    public IReadOnlyList<TaskRecord> Tasks { get; init; } = [];

    /// <summary>Runs that are new or differ.</summary>
    public IReadOnlyList<RunRecord> Runs { get; init; } = [];

    /// <summary>Every adopted task is known no more, those in <see cref="Adopted"/> excepted; and <see cref="LastNumber"/> may go back.</summary>
    public bool RegistryReset { get; init; }

    /// <summary>Numbers of adopted tasks that are known no more. A number that was never stored is no error.</summary>
    public IReadOnlyList<long> ForgottenAdopted { get; init; } = [];

    /// <summary>Adopted tasks that are new or differ.</summary>
    public IReadOnlyList<AdoptedRecord> Adopted { get; init; } = [];

    /// <summary>What another program kept of its registry was taken over, and never will be again.</summary>
    public bool SnapshotTaken { get; init; }

    /// <summary>When the living adopted processes were last seen; unset when nobody has looked since.</summary>
    public DateTimeOffset? SeenAt { get; init; }

    /// <summary>The highest registry number that was given out; goes back only with <see cref="RegistryReset"/>.</summary>
    public long LastNumber { get; init; }

    /// <summary>Whether there is nothing to store.</summary>
    public bool IsEmpty => Forgotten.Count == 0 && RemovedRuns.Count == 0 && Tasks.Count == 0 && Runs.Count == 0
        && !RegistryReset && !SnapshotTaken && ForgottenAdopted.Count == 0 && Adopted.Count == 0 && SeenAt is null;
}
