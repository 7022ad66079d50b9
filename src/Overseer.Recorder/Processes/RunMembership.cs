namespace Overseer.Recorder.Processes;

// Which processes belong to a run, decided afresh in each look at /proc.
//
// What must hold: a process of somebody else is never taken for one of the run, whatever numbers were reused meanwhile; and one of the run is missed only
// when it cut every tie: parent, process group, session and environment.
//
// A number of a process, group or session is not given out again while any process, group or session still uses it (struct pid in the kernel). So:
// - a living root with the right start time makes its children, its group and its session ours, and so do all members found that way;
// - when a process with the root's number and another start time exists, the run's session is gone for good: its number proves nothing any more;
// - when no process has the root's number, a session of that number may still be the run's, or one of a stranger who had the number later and left too.
//   One member with the run's mark proves the former (a session lives without interruption); so does a member without any mark whose parent is the
//   recorder, since strangers' orphans do not end up there.
internal sealed class RunMembership
{
    private readonly ProcessIdentity _root;
    private readonly Guid _runId;
    private readonly Reapers _reapers;
    private readonly ProcessSnapshot? _snapshot;
    private readonly bool _rootNumberIsFree;
    private readonly HashSet<int> _members = [];
    private readonly HashSet<int> _sessions = [];
    private readonly HashSet<int> _groups = [];
    private readonly List<ProcessStat> _unrelated = [];

    /// <param name="root">The run's first process.</param>
    /// <param name="runId">The run.</param>
    /// <param name="reapers">Who can be the parent of its orphans.</param>
    /// <param name="lostSessionProven">What an earlier look found, see <see cref="LostSessionProven"/>.</param>
    /// <param name="snapshot">The look that is decided about, if it is one that was taken before.</param>
    internal RunMembership(ProcessIdentity root, Guid runId, Reapers reapers, bool lostSessionProven = false, ProcessSnapshot? snapshot = null)
    {
        _root = root;
        _runId = runId;
        _reapers = reapers;
        _snapshot = snapshot;
        if (!TryRead(root.Pid, out ProcessStat stat))
        {
            _rootNumberIsFree = true;
            if (lostSessionProven)
                ProveLostSession();
        }
        else if (stat.StartTime == root.StartTime)
            Adopt(stat);
    }

    /// <summary>Whether the session of a root that has gone is known to be the run's; it stays so for a following look, though its witness was killed.</summary>
    internal bool LostSessionProven { get; private set; }

    /// <summary>Tells whether the process belongs to the run; one that does not (yet) is kept for <see cref="TakeLate"/>.</summary>
    internal bool Admits(in ProcessStat process)
    {
        if (process.Pid <= 1 || _reapers.AreOurselves(process.Pid))
            return false;
        if (IsTied(process) || BelongsToLostRoot(process) || IsMarkedOrphan(process))
        {
            Adopt(process);
            return true;
        }
        _unrelated.Add(process);
        return false;
    }

    /// <summary>Processes whose tie was found after they were looked at, for example a child with a lower number than its parent's.</summary>
    internal IEnumerable<ProcessStat> TakeLate()
    {
        bool found;
        do
        {
            found = false;
            for (int i = _unrelated.Count - 1; i >= 0; i--)
            {
                ProcessStat process = _unrelated[i];
                if (!IsTied(process))
                    continue;
                _unrelated.RemoveAt(i);
                Adopt(process);
                found = true;
                yield return process;
            }
        }
        while (found);
    }

    private bool IsTied(in ProcessStat process)
        => process.Identity == _root || _members.Contains(process.Parent) || _sessions.Contains(process.Session) || _groups.Contains(process.Group);

    private bool BelongsToLostRoot(in ProcessStat process)
    {
        if (!_rootNumberIsFree || _runId == Guid.Empty || process.Session != _root.Pid)
            return false;
        Guid mark = MarkOf(process.Pid);
        if (mark != _runId && (mark != Guid.Empty || !_reapers.AreOurselves(process.Parent)))
            return false;
        ProveLostSession();
        return true;
    }

    private bool IsMarkedOrphan(in ProcessStat process)
        => _runId != Guid.Empty && _reapers.Contains(process.Parent) && MarkOf(process.Pid) == _runId;

    private bool TryRead(int pid, out ProcessStat stat) => _snapshot is not null ? _snapshot.TryFind(pid, out stat) : ProcessStat.TryRead(pid, out stat);

    private Guid MarkOf(int pid) => _snapshot?.MarkOf(pid) ?? RunMark.Of(pid);

    private void ProveLostSession()
    {
        LostSessionProven = true;
        _sessions.Add(_root.Pid);
    }

    private void Adopt(in ProcessStat process)
    {
        _members.Add(process.Pid);
        if (process.Session == process.Pid)
            _sessions.Add(process.Pid);
        if (process.Group == process.Pid)
            _groups.Add(process.Pid);
    }
}
