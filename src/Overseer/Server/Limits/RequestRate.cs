namespace Overseer.Server.Limits;

/// <summary>Bounds the requests of one connection: so many a second on average, and as many at once. Used by one thread at a time.</summary>
/// <param name="perSecond">How many; 0 for no bound.</param>
/// <param name="clock">The time.</param>
internal sealed class RequestRate(int perSecond, TimeProvider clock)
{
    private double _left = perSecond;
    private long _last = clock.GetTimestamp();

    /// <summary>Counts a request; the refusal when it is one too many.</summary>
    public string? Take()
    {
        if (perSecond == 0)
        {
            return null;
        }

        var now = clock.GetTimestamp();
        _left = Math.Min(perSecond, _left + (clock.GetElapsedTime(_last, now).TotalSeconds * perSecond));
        _last = now;
        if (_left < 1)
        {
            return $"too many requests on this connection: limits.max_requests_per_second is {perSecond}";
        }

        _left--;
        return null;
    }
}
