namespace Overseer.Recorder.Loop;

/// <summary>
/// Decides when a stream that is printing may wait. A program that writes line by line would cost a whole pass for each line; so when a pass moved little and the one before it
/// was a moment ago, the loop sleeps a moment before it looks again, and finds several lines. A line that comes alone never waits: nothing moved in the moment before it.
/// </summary>
internal sealed class Pass
{
    /// <summary>A pass that moved this much is not worth waiting for more.</summary>
    internal const int SmallBytes = 8 * 1024;

    /// <summary>Passes that are closer together belong to one burst.</summary>
    internal const long BurstNs = 300_000;

    /// <summary>How long a printing stream waits.</summary>
    internal const long RestNs = 100_000;

    private long _bytes;
    private long _lastNs = long.MinValue / 2;
    private bool _urgent;

    /// <summary>Wall clock of this pass in Unix nanoseconds: the time of all that is recorded in it.</summary>
    internal long TimeNs { get; private set; }

    /// <summary>Monotonic clock of this pass.</summary>
    internal long NowNs { get; private set; }

    internal void Begin(long timeNs, long nowNs)
    {
        TimeNs = timeNs;
        NowNs = nowNs;
        _bytes = 0;
        _urgent = false;
    }

    internal void Moved(int bytes) => _bytes += bytes;

    /// <summary>Something else than output happened: a request, an exit. More of it is likely at hand.</summary>
    internal void Urgent() => _urgent = true;

    /// <summary>Ends the pass; true when the loop shall rest before the next one.</summary>
    internal bool End()
    {
        if (_bytes == 0)
            return false;
        bool burst = NowNs - _lastNs < BurstNs;
        _lastNs = NowNs;
        return burst && _bytes < SmallBytes && !_urgent;
    }
}
