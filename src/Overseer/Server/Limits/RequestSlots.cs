namespace Overseer.Server.Limits;

/// <summary>How many of something may be under way at one time. Thread-safe.</summary>
internal sealed class RequestSlots(int most)
{
    private int _taken;

    /// <summary>Takes one; false when all are taken.</summary>
    public bool TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= most)
        {
            return true;
        }

        Interlocked.Decrement(ref _taken);
        return false;
    }

    /// <summary>Gives one back.</summary>
    public void Release() => Interlocked.Decrement(ref _taken);
}
