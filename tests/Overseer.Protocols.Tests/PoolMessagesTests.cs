using Overseer.Core.Pools;
using Overseer.Protocols.V2;

namespace Overseer.Protocols.Tests;

public sealed class PoolMessagesTests
{
    private static readonly DateTimeOffset At = DateTimeOffset.UnixEpoch;

    [Fact]
    public void A_pool_without_queue_shows_none()
    {
        var config = PoolMessages.ToConfig(PoolSettings.Unlimited);
        Assert.Equal((0, null), (config.Limit, config.Queue));
        Assert.Equal(new ExcessConfig { Action = ExcessAction.Stop, Order = QueueOrder.First, Grace = 5 }, config.Excess);
    }

    [Fact]
    public void Everything_that_is_set_of_a_pool_is_shown()
    {
        var config = PoolMessages.ToConfig(new PoolSettings
        {
            Limit = 3,
            QueueEnabled = true,
            QueueSize = 7,
            QueueOrder = QueueOrder.Last,
            QueueMaxAge = TimeSpan.FromMinutes(2),
            Displace = DisplacePolicy.Prohibited,
            ExcessAction = ExcessAction.Requeue,
            ExcessOrder = QueueOrder.Last,
            ExcessGrace = TimeSpan.Zero,
        });
        Assert.Equal(3, config.Limit);
        Assert.Equal(new QueueConfig { Enabled = true, Size = 7, Order = QueueOrder.Last, MaxAge = 120, Displace = DisplacePolicy.Prohibited }, config.Queue);
        Assert.Equal(new ExcessConfig { Action = ExcessAction.Requeue, Order = QueueOrder.Last, Grace = 0 }, config.Excess);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(999, 1)]
    [InlineData(1000, 1)]
    [InlineData(1001, 2)]
    [InlineData(long.MaxValue / TimeSpan.TicksPerMillisecond, int.MaxValue)]
    public void A_part_of_a_second_counts_as_one(long milliseconds, int seconds)
    {
        var time = TimeSpan.FromTicks(milliseconds * TimeSpan.TicksPerMillisecond);
        var config = PoolMessages.ToConfig(new PoolSettings { QueueEnabled = true, QueueMaxAge = time, ExcessGrace = time });
        Assert.Equal((seconds, seconds), (config.Queue!.MaxAge, config.Excess.Grace));
    }

    [Fact]
    public void A_pool_at_one_moment_shows_who_waits()
    {
        var status = new PoolStatus
        {
            Action = "a",
            Settings = new PoolSettings { Limit = 2 },
            Running = 2,
            QueueDepth = 1,
            Items = [new PoolQueueItem("t", "a", At, 0, Forced: true)],
        };
        var info = PoolMessages.ToInfo(status);
        Assert.Equal((2, 2, 1), (info.Limit, info.Running, info.QueueDepth));
        Assert.Equal([new QueueItem { TaskId = "t", Action = "a", QueuedAt = At, Position = 0, Forced = true }], info.QueueItems);
        Assert.Null(PoolMessages.ToInfo(status with { QueueDepth = 0, Items = [] }).QueueItems);
    }

    [Fact]
    public void A_change_holds_what_is_said_and_nothing_else()
    {
        Assert.Equal(new PoolChange(), PoolMessages.ToChange(new SetPoolMessage("1")));
        Assert.Equal(new PoolChange { Limit = 3 }, PoolMessages.ToChange(new SetPoolMessage("1") { Size = 3 }));
        Assert.Equal(new PoolChange { Limit = 0 }, PoolMessages.ToChange(new SetPoolMessage("1") { Limit = 0 }));
        Assert.Equal(new PoolChange { QueueSize = 0 }, PoolMessages.ToChange(new SetPoolMessage("1") { QueueSize = 0, Excess = new ExcessChange() }));
        Assert.Equal(
            new PoolChange { ExcessAction = ExcessAction.Requeue, ExcessOrder = QueueOrder.Last, ExcessGrace = TimeSpan.FromSeconds(int.MaxValue) },
            PoolMessages.ToChange(new SetPoolMessage("1") { Excess = new ExcessChange { Action = ExcessAction.Requeue, Order = QueueOrder.Last, Grace = int.MaxValue } }));
    }
}
