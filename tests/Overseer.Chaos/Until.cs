using System.Diagnostics;

namespace Overseer.Chaos;

/// <summary>Looks again and again: at other processes, whose changes nobody is told of.</summary>
internal static class Until
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>True as soon as the condition holds; false when the time is over.</summary>
    internal static async Task<bool> TrueAsync(Func<bool> condition, TimeSpan limit, CancellationToken cancel)
    {
        var begin = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(begin) > limit)
                return false;
            await Task.Delay(Interval, cancel);
        }
        return true;
    }
}
