using Overseer.Core.Tasks;

namespace Overseer.Metrics;

/// <summary>What is kept of one task for as long as it is known: how long its processes ran, and whether it waits in a queue. From any thread.</summary>
internal sealed class TaskAccount
{
    private readonly Lock _gate = new();
    private TimeSpan _ended;
    private RunId? _run;
    private DateTimeOffset _since;
    private bool _queued;

    /// <summary>How long its processes ran, all runs, the one under way up to <paramref name="now"/>.</summary>
    public TimeSpan Runtime(DateTimeOffset now)
    {
        lock (_gate)
        {
            return _run is null ? _ended : _ended + Positive(now - _since);
        }
    }

    /// <summary>A run began.</summary>
    /// <returns>Whether it had waited in a queue until then.</returns>
    public bool Started(RunId run, DateTimeOffset at)
    {
        lock (_gate)
        {
            (_run, _since) = (run, at);
            return LeaveQueue_NeedsLock();
        }
    }

    /// <summary>A run ended.</summary>
    public void Exited(RunId run, DateTimeOffset at)
    {
        lock (_gate)
        {
            if (_run == run)
            {
                _run = null;
                _ended += Positive(at - _since);
            }
        }
    }

    /// <summary>A run of an earlier server's time ended.</summary>
    public void Ran(TimeSpan time)
    {
        lock (_gate)
        {
            _ended += Positive(time);
        }
    }

    /// <summary>It waits in a queue.</summary>
    public void Enqueued()
    {
        lock (_gate)
        {
            _queued = true;
        }
    }

    /// <summary>It waits no more.</summary>
    /// <returns>Whether it did, in a queue; else it was for a restart.</returns>
    public bool Dequeued()
    {
        lock (_gate)
        {
            return LeaveQueue_NeedsLock();
        }
    }

    private bool LeaveQueue_NeedsLock()
    {
        var queued = _queued;
        _queued = false;
        return queued;
    }

    // The clock may have been set back.
    private static TimeSpan Positive(TimeSpan time) => time < TimeSpan.Zero ? TimeSpan.Zero : time;
}
