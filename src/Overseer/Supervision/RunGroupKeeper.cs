using Microsoft.Extensions.Logging;
using Overseer.Recorder.Cgroups;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Spawning;

namespace Overseer.Supervision;

/// <summary>
/// The control groups of runs: made at a start, removed when the run is over and nobody is in its group any more. Removing happens in the background, many
/// at a time, and is tried again now and then for runs that left something running. Without groups it does nothing. Thread-safe.
/// </summary>
internal sealed class RunGroupKeeper : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly RunCgroups? _groups;
    private readonly ILogger _log;
    private readonly ITimer _soon;
    private readonly ITimer _later;
    private List<RunCgroup> _over = [];
    private List<RunCgroup> _occupied = [];
    private bool _refusalSaid;

    /// <summary>Keeps those groups; null: there are none.</summary>
    public RunGroupKeeper(RunCgroups? groups, TimeProvider clock, ILogger log)
    {
        _groups = groups;
        _log = log;
        _soon = clock.CreateTimer(_ => RemoveOver(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _later = clock.CreateTimer(_ => LookAgain(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether runs get groups.</summary>
    public bool IsOn => _groups is not null;

    /// <summary>Opens the place of groups, and says in the log whether there are any.</summary>
    /// <param name="stateDirectory">Names the place.</param>
    /// <param name="recorderPid">Below whose group it lies; 0 for this process.</param>
    /// <param name="memory">Keeps where it was.</param>
    /// <param name="clock">Time.</param>
    /// <param name="log">The log.</param>
    public static RunGroupKeeper Open(string stateDirectory, int recorderPid, string memory, TimeProvider clock, ILogger log)
    {
        var groups = RunCgroups.TryOpen(stateDirectory, recorderPid, memory, out var why);
        if (groups is null) SupervisionLog.NoGroups(log, why);
        else SupervisionLog.GroupsUsed(log, groups.Place, groups.Controllers.Count == 0 ? "none" : string.Join(", ", groups.Controllers));
        return new RunGroupKeeper(groups, clock, log);
    }

    /// <summary>Makes the group of a run that is about to be started.</summary>
    /// <param name="run">The run.</param>
    /// <param name="limits">Its limits; afterwards those that are left for the recorder to set.</param>
    /// <returns>Its directory; null when it gets none.</returns>
    public string? Create(Guid run, ref SpawnLimits? limits)
    {
        if (_groups is null) return null;
        if (_groups.Create(run, limits, out limits, out var errno) is { } group) return group.Path;
        if (!_refusalSaid)
        {
            _refusalSaid = true;
            SupervisionLog.GroupRefused(_log, run, Errno.Describe(errno));
        }

        return null;
    }

    /// <summary>The group of a run, if it has one.</summary>
    public RunCgroup? Find(Guid run) => _groups?.Find(run);

    /// <summary>The run is over, or never began: its group goes as soon as it is empty.</summary>
    public void Ended(Guid run)
    {
        if (Find(run) is not { } group) return;
        lock (_gate)
        {
            _over.Add(group);
            if (_over.Count == 1) _soon.Change(Soon, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Clears away what earlier servers left, see <see cref="RunCgroups.RemoveLeftovers"/>. Before the first start; may take 2 s.</summary>
    public void RemoveLeftovers(Func<Guid, RunStanding> standing)
    {
        if (_groups is null) return;
        var found = _groups.RemoveLeftovers(standing);
        foreach (var (group, pids) in found.Killed) SupervisionLog.StrangersKilled(_log, group.Path, string.Join(", ", pids));
        if (found.Remaining.Count > 0) SupervisionLog.StrangersLeft(_log, string.Join(", ", found.Remaining));
        Keep(found.Kept);
    }

    /// <summary>Removes what can be removed now; what cannot stays for the next server.</summary>
    public void Dispose()
    {
        _soon.Dispose();
        _later.Dispose();
        RemoveOver();
        LookAgain();
        _groups?.RemovePlace();
    }

    private void RemoveOver() => Keep(Remove(ref _over));

    private void LookAgain() => Keep(Remove(ref _occupied));

    private List<RunCgroup> Remove(ref List<RunCgroup> from)
    {
        List<RunCgroup> candidates;
        lock (_gate)
        {
            candidates = from;
            from = [];
        }

        candidates.RemoveAll(group => group.TryRemove());
        return candidates;
    }

    private void Keep(IReadOnlyList<RunCgroup> occupied)
    {
        if (occupied.Count == 0) return;
        lock (_gate)
        {
            if (_occupied.Count == 0) _later.Change(Later, Timeout.InfiniteTimeSpan);
            _occupied.AddRange(occupied);
        }
    }
}
