namespace Overseer.Supervision;

/// <summary>The launches of which a recorder has said nothing yet that is stored. Not thread-safe.</summary>
internal sealed class PendingLaunches
{
    // What the recorder was asked for; true: it can wait.
    private readonly Dictionary<Guid, bool> _asked = [];
    private readonly HashSet<Guid> _duringRecovery = [];
    private readonly HashSet<Guid> _putOff = [];
    private bool _delaySaid;

    /// <summary>Another recorder is there. It knows of none of them, but for those.</summary>
    public void Begin(IEnumerable<Guid> known)
    {
        _putOff.Clear();
        _asked.Clear();
        _duringRecovery.Clear();
        _duringRecovery.UnionWith(known);
    }

    /// <summary>It is asked for a run.</summary>
    public void Ask(Guid run, bool canWait, bool recovering)
    {
        _asked[run] = canWait;
        if (recovering)
        {
            _duringRecovery.Add(run);
        }
    }

    /// <summary>Whether it was asked for a run.</summary>
    public bool IsAsked(Guid run) => _asked.ContainsKey(run);

    /// <summary>Whether it was asked for a run while what it did not know was looked for: it knows that one.</summary>
    public bool WasAskedDuringRecovery(Guid run) => _duringRecovery.Contains(run);

    /// <summary>All that it did not know has been named.</summary>
    public void EndRecovery() => _duringRecovery.Clear();

    /// <summary>Nothing comes of that one.</summary>
    /// <param name="run">The run.</param>
    /// <param name="canWait">Whether it can wait.</param>
    public void Forget(Guid run, out bool canWait) => _asked.Remove(run, out canWait);

    /// <summary>What was reported of a run is stored.</summary>
    public void Reported(Guid run, bool over)
    {
        _asked.Remove(run);
        _delaySaid &= over;
    }

    /// <summary>It is to be launched again, later.</summary>
    /// <returns>Whether somebody should be told: the first time since one was reported.</returns>
    public bool PutOff(Guid run)
    {
        _asked.Remove(run);
        _putOff.Add(run);
        var first = !_delaySaid;
        _delaySaid = true;
        return first;
    }

    /// <summary>Those that were put off, now to be launched again.</summary>
    public IReadOnlyList<Guid> TakePutOff()
    {
        Guid[] taken = [.. _putOff];
        _putOff.Clear();
        return taken;
    }
}
