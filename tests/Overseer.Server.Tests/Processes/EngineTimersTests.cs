using Overseer.Core.Tasks;
using Overseer.Supervision;

namespace Overseer.Server.Tests.Processes;

/// <summary>Timers of a framework whose clock is behind.</summary>
public sealed class EngineTimersTests
{
    private static readonly TimerKey Key = new(new RunId(Guid.NewGuid()), default);

    [Fact]
    public void What_elapses_too_early_waits_for_the_rest()
    {
        var clock = new CoarseClock();
        var elapsed = new List<TimerKey>();
        using var timers = new EngineTimers(clock, elapsed.Add);
        timers.Arm(Key, TimeSpan.FromMilliseconds(304.2));
        Assert.Equal(TimeSpan.FromMilliseconds(305), clock.Due);

        clock.Elapse(298.3);
        Assert.Empty(elapsed);
        Assert.Equal(TimeSpan.FromMilliseconds(6), clock.Due);

        clock.Elapse(304.1);
        Assert.Empty(elapsed);
        Assert.Equal(TimeSpan.FromMilliseconds(1), clock.Due);

        clock.Elapse(304.2);
        Assert.Equal([Key], elapsed);
    }

    [Fact]
    public void One_without_a_delay_elapses()
    {
        var clock = new CoarseClock();
        var elapsed = new List<TimerKey>();
        using var timers = new EngineTimers(clock, elapsed.Add);
        timers.Arm(Key, TimeSpan.Zero);
        Assert.Equal(TimeSpan.Zero, clock.Due);

        clock.Elapse(0);
        Assert.Equal([Key], elapsed);
    }

    /// <summary>Lets its one timer elapse when it is told to, whatever the time is.</summary>
    private sealed class CoarseClock : TimeProvider
    {
        private Action _elapse = () => { };
        private double _now;

        public TimeSpan Due { get; private set; }

        public override long TimestampFrequency => 1_000_000;

        public override long GetTimestamp() => (long)Math.Round(_now * 1000);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _elapse = () => callback(state);
            return new Timer(this);
        }

        public void Elapse(double milliseconds)
        {
            _now = milliseconds;
            _elapse();
        }

        private sealed class Timer(CoarseClock clock) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                clock.Due = dueTime;
                return true;
            }

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
