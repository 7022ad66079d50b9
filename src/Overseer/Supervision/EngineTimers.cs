using Overseer.Core.Tasks;

namespace Overseer.Supervision;

/// <summary>The engine's timers. Arming and cancelling belong to the engine's thread; elapsed timers are reported from any.</summary>
internal sealed class EngineTimers(TimeProvider clock, Action<TimerKey> elapsed) : IDisposable
{
    private readonly Dictionary<TimerKey, ITimer> _timers = [];

    /// <summary>Reports <paramref name="key"/> after <paramref name="due"/>; replaces a timer with the same key.</summary>
    public void Arm(TimerKey key, TimeSpan due)
    {
        Cancel(key);
        _timers[key] = clock.CreateTimer(_ => elapsed(key), state: null, due, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Forgets a timer; also to be called for one that has elapsed.</summary>
    public void Cancel(TimerKey key)
    {
        if (_timers.Remove(key, out var timer))
        {
            timer.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var timer in _timers.Values)
        {
            timer.Dispose();
        }

        _timers.Clear();
    }
}
