namespace Overseer.Recorder.Processes;

/// <summary>
/// One look at all processes that several runs share. A look costs a pass over /proc, and for each orphan a read of its environment; to stop thousands of runs with a look for each
/// would take minutes. What it says was true at some moment after <see cref="Take"/> was called. Not thread-safe.
/// </summary>
internal sealed class ProcessSnapshot
{
    private readonly Dictionary<int, ProcessStat> _byPid = [];
    private readonly Dictionary<int, Guid> _marks = [];

    private ProcessSnapshot()
    {
        var processes = new List<ProcessStat>();
        foreach (int pid in ProcessList.Pids())
        {
            if (ProcessStat.TryRead(pid, out ProcessStat process) && _byPid.TryAdd(process.Pid, process))
                processes.Add(process);
        }
        Processes = processes;
    }

    /// <summary>All that could be read, by ascending number.</summary>
    internal IReadOnlyList<ProcessStat> Processes { get; }

    /// <summary>Takes the look; some 10 µs a process of the machine.</summary>
    internal static ProcessSnapshot Take() => new();

    /// <summary>The process that had the number then.</summary>
    internal bool TryFind(int pid, out ProcessStat process) => _byPid.TryGetValue(pid, out process);

    /// <summary>The mark of a process (<see cref="RunMark"/>), read when it is asked for first.</summary>
    internal Guid MarkOf(int pid)
    {
        if (!_marks.TryGetValue(pid, out Guid mark))
        {
            mark = RunMark.Of(pid);
            _marks.Add(pid, mark);
        }
        return mark;
    }
}
