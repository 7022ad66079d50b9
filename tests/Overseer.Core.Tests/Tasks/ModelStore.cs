using Overseer.Core.Registry;
using Overseer.Core.Tasks.Storage;

namespace Overseer.Core.Tests.Tasks;

/// <summary>What a store has to do, in its simplest form.</summary>
internal sealed class ModelStore
{
    private readonly SortedDictionary<long, TaskRecord> _tasks = [];
    private readonly Dictionary<Guid, RunRecord> _runs = [];
    private readonly SortedDictionary<long, AdoptedRecord> _adopted = [];
    private long _lastNumber;
    private DateTimeOffset? _seenAt;

    public StoredState State => new()
    {
        Tasks = [.. _tasks.Values],
        Runs = [.. _runs.Values.OrderBy(run => run.Task).ThenBy(run => run.Ordinal)],
        Adopted = [.. _adopted.Values],
        SeenAt = _seenAt,
        LastNumber = _lastNumber,
    };

    public void Commit(EngineChanges changes)
    {
        foreach (var number in changes.Forgotten)
        {
            _tasks.Remove(number);
            foreach (var run in _runs.Values.Where(run => run.Task == number).ToList()) _runs.Remove(run.RunId.Value);
        }

        foreach (var run in changes.RemovedRuns) _runs.Remove(run.RunId.Value);
        foreach (var task in changes.Tasks) _tasks[task.Number] = task;
        foreach (var run in changes.Runs)
        {
            Assert.True(_tasks.ContainsKey(run.Task), "a run belongs to a task that is stored");
            _runs[run.RunId.Value] = run;
        }

        if (changes.RegistryReset) _adopted.Clear();
        foreach (var number in changes.ForgottenAdopted) _adopted.Remove(number);
        foreach (var adopted in changes.Adopted) _adopted[adopted.Number] = adopted;
        Assert.DoesNotContain(_tasks.Keys, _adopted.ContainsKey);
        _seenAt = changes.SeenAt ?? _seenAt;
        if (!changes.IsEmpty)
        {
            if (changes.RegistryReset) _lastNumber = changes.LastNumber;
            Assert.True(changes.LastNumber >= _lastNumber, "numbers never go back");
            _lastNumber = changes.LastNumber;
        }
    }
}
