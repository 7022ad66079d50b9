namespace Overseer.Server.Limits;

/// <summary>Keeps what anybody can cause as often as he likes from filling the log: one line in ten seconds, and how many were left out. Thread-safe.</summary>
internal sealed class QuietLog(TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);
    private readonly Lock _gate = new();
    private long? _last;
    private long _unsaid;

    /// <summary>Whether to write a line now.</summary>
    /// <param name="unsaid">How many were not written since the last one.</param>
    public bool TryTake(out long unsaid)
    {
        lock (_gate)
        {
            unsaid = _unsaid;
            if (_last is { } last && clock.GetElapsedTime(last) < Pause)
            {
                _unsaid++;
                return false;
            }

            _last = clock.GetTimestamp();
            _unsaid = 0;
            return true;
        }
    }
}
