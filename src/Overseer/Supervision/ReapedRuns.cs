using Overseer.Recorder.Processes;
using Overseer.Recorder.Wire;

namespace Overseer.Supervision;

/// <summary>
/// The latest children that this process has waited for as a subreaper. When a recorder dies, its runs become this process's children, and may end before anybody knows
/// which run they were. Thread-safe, bounded.
/// </summary>
internal sealed class ReapedRuns
{
    private const int Capacity = 4096;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, ReapedChild> _byPid = [];
    private readonly Queue<int> _order = new();

    /// <summary>A child has been waited for.</summary>
    public void Add(ReapedChild child)
    {
        lock (_gate)
        {
            if (_byPid.TryAdd(child.Pid, child))
            {
                _order.Enqueue(child.Pid);
                if (_order.Count > Capacity)
                {
                    _byPid.Remove(_order.Dequeue());
                }
            }
            else
            {
                _byPid[child.Pid] = child;
            }
        }
    }

    /// <summary>How a process ended, if it was one of them.</summary>
    /// <param name="pid">Its pid.</param>
    /// <param name="startTime">Its start time; 0 when that was never learnt: then the pid decides.</param>
    public ExitStatus? Find(int pid, long startTime)
    {
        lock (_gate)
        {
            return _byPid.TryGetValue(pid, out var child) && (startTime == 0 || child.ProcessStartTime == 0 || child.ProcessStartTime == startTime) ? child.Status : null;
        }
    }
}
