namespace Overseer.Recorder.Loop;

/// <summary>All runs whose result the server has not stored yet.</summary>
internal sealed class RunTable
{
    private readonly Dictionary<Guid, Run> _byId = [];
    private readonly Dictionary<int, Run> _byPid = [];
    private readonly HashSet<Run> _lingering = [];

    /// <summary>Runs whose process lives, or whose exit status is not known yet.</summary>
    internal int Alive { get; private set; }

    /// <summary>Runs that live or wait for the server to store their result.</summary>
    internal int Count => _byId.Count;

    /// <summary>In the order of their starts.</summary>
    internal List<Run> InOrder()
    {
        var runs = new List<Run>(_byId.Values);
        runs.Sort(static (a, b) => a.Sequence.CompareTo(b.Sequence));
        return runs;
    }

    /// <summary>Runs whose result the server has, and that something may still print for: their descendants hold a pipe, or they wait for room.</summary>
    internal IReadOnlyCollection<Run> Lingering => _lingering;

    /// <summary>Nothing more will be recorded of it.</summary>
    internal void Settled(Run run) => _lingering.Remove(run);

    internal void Add(Run run)
    {
        _byId.Add(run.Id, run);
        if (run.Exit is not null)
            return;
        Alive++;
        // A process that is gone does not have its number any more.
        if (run.Process is not null)
            _byPid[run.Pid] = run;
    }

    internal bool TryGet(Guid id, out Run? run) => _byId.TryGetValue(id, out run);

    internal bool TryGetByPid(int pid, out Run? run) => _byPid.TryGetValue(pid, out run);

    /// <summary>The process has ended, and how is known: its pid may belong to another from now on.</summary>
    internal void Ended(Run run)
    {
        Alive--;
        if (_byPid.TryGetValue(run.Pid, out var known) && ReferenceEquals(known, run))
            _byPid.Remove(run.Pid);
    }

    /// <summary>The result is in the server's hands. False when the run is not known or has not ended: a result that does not exist cannot have been stored.</summary>
    internal bool Forget(Guid id)
    {
        if (!_byId.TryGetValue(id, out var run) || run.Exit is null)
            return false;
        if (run.NeedsJournal)
            _lingering.Add(run);
        return _byId.Remove(id);
    }
}
