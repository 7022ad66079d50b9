// The framework measures its timers by a clock that moves in steps (of 4 ms, often), and in whole milliseconds: they may elapse that much too early. A delay is promised to be at
// least as long as it says, so each looks at the exact clock when it elapses, and waits for the rest.

using Overseer.Core.Tasks;

namespace Overseer.Supervision;

/// <summary>The engine's timers, none of which elapses early. Arming and cancelling belong to the engine's thread; elapsed timers are reported from any.</summary>
internal sealed class EngineTimers(TimeProvider clock, Action<TimerKey> elapsed) : IDisposable
{
    private readonly Dictionary<TimerKey, ITimer> _timers = [];

    /// <summary>Reports <paramref name="key"/> after <paramref name="due"/>; replaces a timer with the same key.</summary>
    public void Arm(TimerKey key, TimeSpan due)
    {
        Cancel(key);
        var begun = clock.GetTimestamp();
        ITimer timer = null!;
        // Started when it has its name, which it needs to go on.
        timer = clock.CreateTimer(Elapsed, state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timers[key] = timer;
        Wait(due);

        void Elapsed(object? state)
        {
            var left = due - clock.GetElapsedTime(begun);
            if (left <= TimeSpan.Zero)
            {
                elapsed(key);
            }
            else
            {
                Wait(left);
            }
        }

        void Wait(TimeSpan time) => timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(time.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
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
