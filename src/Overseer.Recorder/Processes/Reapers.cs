namespace Overseer.Recorder.Processes;

/// <summary>
/// Who can become the parent of a run's orphans: pid 1, and this process, the recorder and their ancestors, any of which may be a subreaper (prctl(2),
/// PR_SET_CHILD_SUBREAPER). Only children of these are worth a look at their environment.
/// </summary>
internal sealed class Reapers
{
    private const int MaxDepth = 64;

    private readonly HashSet<int> _pids = [1];
    private readonly int _recorderPid;

    internal Reapers(int recorderPid)
    {
        _recorderPid = recorderPid;
        AddWithAncestors(Environment.ProcessId);
        if (recorderPid > 1)
            AddWithAncestors(recorderPid);
    }

    internal bool Contains(int pid) => _pids.Contains(pid);

    /// <summary>The server and its recorder: never to be signalled, and whoever is their child came from one of their runs.</summary>
    internal bool AreOurselves(int pid) => pid == Environment.ProcessId || (_recorderPid > 1 && pid == _recorderPid);

    private void AddWithAncestors(int pid)
    {
        for (int depth = 0; depth < MaxDepth && pid > 1; depth++)
        {
            _pids.Add(pid);
            if (!ProcessStat.TryRead(pid, out ProcessStat stat))
                return;
            pid = stat.Parent;
        }
    }
}
