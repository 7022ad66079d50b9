using System.Collections.Concurrent;
using Overseer.Core.Tasks;
using Overseer.Protocols.V2;

namespace Overseer.Server;

/// <summary>
/// Tasks as <c>list</c> shows them, each written once for as long as it does not change: who has ten thousand tasks asks for all of them again and again, and few have changed. Thread-safe.
/// </summary>
/// <param name="known">How many tasks there are. When twice as many are kept, most of them are tasks that are gone, and it begins anew.</param>
/// <param name="most">How many are kept at most; when there are more, it begins anew.</param>
internal sealed class TaskInfos(Func<int> known, int most = TaskInfos.Most)
{
    /// <summary>How many are kept by default. One takes about a kilobyte.</summary>
    public const int Most = 16_384;

    /// <summary>How many of tasks that are gone are kept, however few tasks there are.</summary>
    public const int Spare = 32;

    private readonly ConcurrentDictionary<long, (TaskStatus Status, TaskInfo Info)> _kept = new();
    private int _count;

    /// <summary>A task as it is shown.</summary>
    public TaskInfo Of(TaskStatus status)
    {
        if (_kept.TryGetValue(status.Number, out var kept) && ReferenceEquals(kept.Status, status))
        {
            return kept.Info;
        }

        var info = TaskMessages.ToInfo(status).Keep();
        if (kept.Status is null && Interlocked.Increment(ref _count) > Math.Min(most, (2 * known()) + Spare))
        {
            _kept.Clear();
            Interlocked.Exchange(ref _count, 1);
        }

        _kept[status.Number] = (status, info);
        return info;
    }
}
