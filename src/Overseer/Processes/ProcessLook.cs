using Overseer.Core.Tasks;
using Overseer.Recorder.Processes;

namespace Overseer.Processes;

/// <summary>All processes of the machine at one moment, and those among them that belong to tasks. Immutable.</summary>
/// <remarks>
/// A task's tree are the descendants of its process and the members of the session that its process leads, as every process that Overseer starts does. One that left both, by a session of
/// its own after its parent had died, is not found here; a stop finds it all the same, by its control group and by the mark in its environment, which cost too much for a look at everything.
/// </remarks>
internal sealed class ProcessLook
{
    /// <summary>A look older than this says nothing of what goes on now.</summary>
    private static readonly TimeSpan TooLongAgo = TimeSpan.FromMinutes(1);

    private readonly Dictionary<ProcessIdentity, long> _ticks = [];

    private ProcessLook(TimeSpan uptime) => Uptime = uptime;

    /// <summary>When it was taken, as time since the machine was booted.</summary>
    public TimeSpan Uptime { get; }

    /// <summary>The tasks that have a process, by number.</summary>
    public IReadOnlyList<TaskProcesses> Tasks { get; private set; } = [];

    /// <summary>Takes a look: one pass over /proc, however many tasks there are.</summary>
    /// <param name="tasks">All tasks.</param>
    /// <param name="before">The look before, for what was used since.</param>
    public static ProcessLook Take(IReadOnlyList<TaskStatus> tasks, ProcessLook? before)
    {
        var look = new ProcessLook(MachineUptime());
        var running = tasks.Where(task => task is { WorkerState: WorkerState.Running, CurrentPid: not null }).ToList();
        if (running.Count == 0)
        {
            return look;
        }

        var all = new Dictionary<int, ProcessUsage>();
        foreach (var pid in ProcessList.Pids())
        {
            if (ProcessUsage.TryRead(pid, out var process))
            {
                all.TryAdd(pid, process);
            }
        }

        if (before is not null && look.Uptime - before.Uptime > TooLongAgo)
        {
            before = null;
        }

        var children = all.Values.ToLookup(process => process.Stat.Parent);
        var sessions = all.Values.ToLookup(process => process.Stat.Session);
        look.Tasks =
        [
            .. running.Where(task => all.TryGetValue(task.CurrentPid!.Value, out var root) && root.Stat.State is not ('Z' or 'X'))
                .Select(task => new TaskProcesses(task, [.. Tree(all[task.CurrentPid!.Value], children, sessions).Select(process => look.See(process, before))])),
        ];
        return look;
    }

    private static List<ProcessUsage> Tree(ProcessUsage root, ILookup<int, ProcessUsage> children, ILookup<int, ProcessUsage> sessions)
    {
        var members = new List<ProcessUsage> { root };
        var known = new HashSet<int> { root.Stat.Pid };
        if (root.Stat.Session == root.Stat.Pid)
        {
            members.AddRange(sessions[root.Stat.Session].Where(process => known.Add(process.Stat.Pid)));
        }

        for (var i = 0; i < members.Count; i++)
        {
            members.AddRange(children[members[i].Stat.Pid].Where(process => known.Add(process.Stat.Pid)));
        }

        members.Sort(1, members.Count - 1, Comparer<ProcessUsage>.Create(static (one, other) => one.Stat.Pid.CompareTo(other.Stat.Pid)));
        return members;
    }

    // proc(5): the first number, in seconds, to the hundredth, as start times are.
    private static TimeSpan MachineUptime()
    {
        var text = File.ReadAllText("/proc/uptime");
        return TimeSpan.FromSeconds(double.Parse(text.AsSpan(0, text.IndexOf(' ', StringComparison.Ordinal)), System.Globalization.CultureInfo.InvariantCulture));
    }

    private SeenProcess See(ProcessUsage process, ProcessLook? before)
    {
        _ticks[process.Identity] = process.CpuTicks;
        var (ticks, time) = before is not null && before._ticks.TryGetValue(process.Identity, out var ticksBefore)
            ? (process.CpuTicks - ticksBefore, Uptime - before.Uptime)
            : (process.CpuTicks, Uptime - TimeSpan.FromSeconds((double)process.Stat.StartTime / ProcessUsage.TicksPerSecond));
        var seconds = Math.Max(time.TotalSeconds, 1.0 / ProcessUsage.TicksPerSecond);
        return new SeenProcess(process.Stat, new ProcessUse(
            Math.Round(ticks / seconds, 1),
            (double)process.CpuTicks / ProcessUsage.TicksPerSecond,
            process.ResidentPages * Environment.SystemPageSize,
            process.Threads));
    }
}
