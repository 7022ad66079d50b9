namespace Overseer.Core.Tasks.Storage;

/// <summary>Collects what has to be stored, between two commits: of each task and run only the latest. Belongs to the engine's thread.</summary>
internal sealed class ChangeLog
{
    private readonly List<long> _forgotten = [];
    private readonly List<RunRecord> _removed = [];
    private readonly Dictionary<long, TaskRecord> _tasks = [];
    private readonly Dictionary<RunId, RunRecord> _runs = [];

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

    /// <summary>Everything since the last time.</summary>
    public EngineChanges Take(long lastNumber)
    {
        if (_forgotten.Count == 0 && _removed.Count == 0 && _tasks.Count == 0 && _runs.Count == 0) return EngineChanges.None;
        var changes = new EngineChanges
        {
            Forgotten = [.. _forgotten],
            RemovedRuns = [.. _removed],
            Tasks = [.. _tasks.Values],
            Runs = [.. _runs.Values],
            LastNumber = lastNumber,
        };
        _forgotten.Clear();
        _removed.Clear();
        _tasks.Clear();
        _runs.Clear();
        return changes;
    }

    /// <summary>Takes back what could not be stored. To be called before anything else changes.</summary>
    public void PutBack(EngineChanges changes)
    {
        _forgotten.AddRange(changes.Forgotten);
        _removed.AddRange(changes.RemovedRuns);
        foreach (var task in changes.Tasks) Put(task);
        foreach (var run in changes.Runs) Put(run);
    }
}
