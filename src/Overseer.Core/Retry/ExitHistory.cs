namespace Overseer.Core.Retry;

/// <summary>
/// The exits that count against a policy, since a task was last started by a request. All of them are counted; of the latest <see cref="Kept"/> the time is
/// known too, which is all that a sliding window can need (<see cref="Tasks.RetryPolicy.MaxThresholdInWindow"/>).
/// </summary>
internal sealed class ExitHistory
{
    /// <summary>How many times are kept: as many runs as a store keeps of a task.</summary>
    public const int Kept = Tasks.RetryPolicy.MaxThresholdInWindow;

    private readonly Queue<DateTimeOffset> _latest = new();

    /// <summary>How many there are in all.</summary>
    public int Total { get; private set; }

    /// <summary>Begins anew with what is known of an earlier server's.</summary>
    public void Restore(int total, IEnumerable<DateTimeOffset> latest)
    {
        Clear();
        foreach (var at in latest) Add(at);
        Total = Math.Max(total, Total);
    }

    /// <summary>One more.</summary>
    public void Add(DateTimeOffset at)
    {
        if (Total < int.MaxValue) Total++;
        _latest.Enqueue(at);
        if (_latest.Count > Kept) _latest.Dequeue();
    }

    /// <summary>Those inside a window that ends at <paramref name="now"/>; an exit exactly at its beginning is outside. Zero means all time.</summary>
    public int Count(TimeSpan window, DateTimeOffset now)
    {
        if (window == TimeSpan.Zero) return Total;
        var count = 0;
        foreach (var at in _latest)
        {
            if (now - at < window) count++;
        }

        return count;
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        Total = 0;
        _latest.Clear();
    }
}
