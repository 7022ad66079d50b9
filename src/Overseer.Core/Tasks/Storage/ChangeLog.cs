using Overseer.Core.Registry;

namespace Overseer.Core.Tasks.Storage;

/// <summary>Collects what has to be stored, between two commits: of each task and run only the latest. Belongs to the engine's thread.</summary>
internal sealed class ChangeLog
{
    private readonly List<long> _forgotten = [];
    private readonly List<RunRecord> _removed = [];
    private readonly Dictionary<long, TaskRecord> _tasks = [];
    private readonly Dictionary<RunId, RunRecord> _runs = [];
    private readonly Dictionary<long, AdoptedRecord> _adopted = [];
    private readonly List<long> _forgottenAdopted = [];
    private bool _registryReset;
    private DateTimeOffset? _seenAt;
    private bool _snapshotTaken;

    /// <summary>A task is new or differs.</summary>
    public void Put(TaskRecord task) => _tasks[task.Number] = task;

    /// <summary>A run is new or differs.</summary>
    public void Put(RunRecord run) => _runs[run.RunId] = run;

    /// <summary>A run never came to be.</summary>
    public void Remove(RunRecord run)
    {
        _runs.Remove(run.RunId);
        _removed.Add(run);
    }

    /// <summary>A task is known no more.</summary>
    public void Forget(long number)
    {
        _tasks.Remove(number);
        foreach (var (id, run) in _runs)
        {
            if (run.Task == number) _runs.Remove(id);
        }

        _forgotten.Add(number);
    }

    /// <summary>An adopted task is new or differs.</summary>
    public void Put(AdoptedRecord adopted) => _adopted[adopted.Number] = adopted;

    /// <summary>An adopted task is known no more.</summary>
    public void ForgetAdopted(long number)
    {
        _adopted.Remove(number);
        if (!_registryReset) _forgottenAdopted.Add(number);
    }

    /// <summary>Every adopted task is known no more.</summary>
    public void ResetRegistry()
    {
        _adopted.Clear();
        _forgottenAdopted.Clear();
        _registryReset = true;
    }

    /// <summary>A snapshot was taken over.</summary>
    public void SnapshotTaken() => _snapshotTaken = true;

    /// <summary>The living adopted processes were seen.</summary>
    public void Seen(DateTimeOffset at) => _seenAt = at;

    /// <summary>Everything since the last time.</summary>
    public EngineChanges Take(long lastNumber)
    {
        if (_forgotten.Count == 0 && _removed.Count == 0 && _tasks.Count == 0 && _runs.Count == 0
            && !_registryReset && !_snapshotTaken && _forgottenAdopted.Count == 0 && _adopted.Count == 0 && _seenAt is null) return EngineChanges.None;
        var changes = new EngineChanges
        {
            Forgotten = [.. _forgotten],
            RemovedRuns = [.. _removed],
            Tasks = [.. _tasks.Values],
            Runs = [.. _runs.Values],
            RegistryReset = _registryReset,
            ForgottenAdopted = [.. _forgottenAdopted],
            Adopted = [.. _adopted.Values],
            SeenAt = _seenAt,
            SnapshotTaken = _snapshotTaken,
            LastNumber = lastNumber,
        };
        _forgotten.Clear();
        _removed.Clear();
        _tasks.Clear();
        _runs.Clear();
        _registryReset = false;
        _forgottenAdopted.Clear();
        _adopted.Clear();
        _seenAt = null;
        _snapshotTaken = false;
        return changes;
    }

    /// <summary>Takes back what could not be stored. To be called before anything else changes.</summary>
    public void PutBack(EngineChanges changes)
    {
        _forgotten.AddRange(changes.Forgotten);
        _removed.AddRange(changes.RemovedRuns);
        foreach (var task in changes.Tasks) Put(task);
        foreach (var run in changes.Runs) Put(run);
        _registryReset = changes.RegistryReset;
        _forgottenAdopted.AddRange(changes.ForgottenAdopted);
        foreach (var adopted in changes.Adopted) Put(adopted);
        _seenAt = changes.SeenAt;
        _snapshotTaken = changes.SnapshotTaken;
    }
}
