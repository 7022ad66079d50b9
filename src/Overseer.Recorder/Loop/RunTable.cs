namespace Overseer.Recorder.Loop;

/// <summary>
/// All runs that a server has still to hear of: those whose result it has not stored, and the trailing ones, whose result it has and that something may still print for, as their
/// descendants hold a pipe or they wait for room. A new server needs the ropes of the latter too: without them, what is printed would be lost with this recorder.
/// </summary>
internal sealed class RunTable
{
    private readonly Dictionary<Guid, Run> _byId = [];
    private readonly Dictionary<int, Run> _byPid = [];
    private int _trailing;

    /// <summary>Runs whose process lives, or whose exit status is not known yet.</summary>
    internal int Alive { get; private set; }

    /// <summary>Runs that live or wait for the server to store their result.</summary>
    internal int Count => _byId.Count - _trailing;

    /// <summary>All, trailing ones too, in the order of their starts.</summary>
    internal List<Run> InOrder()
    {
        var runs = new List<Run>(_byId.Values);
        runs.Sort(static (a, b) => a.Sequence.CompareTo(b.Sequence));
        return runs;
    }

    /// <summary>Nothing more will be recorded of it.</summary>
    internal void Settled(Run run)
    {
        if (!run.Stored)
            return;
        _trailing--;
        _byId.Remove(run.Id);
    }

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

    /// <summary>The result is in the server's hands. Not heeded of a run that has not ended: a result that does not exist cannot have been stored.</summary>
    internal void Stored(Guid id)
    {
        if (!_byId.TryGetValue(id, out var run) || run.Exit is null || run.Stored)
            return;
        if (run.NeedsJournal)
        {
            run.Stored = true;
            _trailing++;
        }
        else
        {
            _byId.Remove(id);
        }
    }
}
