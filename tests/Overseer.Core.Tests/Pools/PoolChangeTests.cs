using Overseer.Core.Pools;
using Overseer.Core.Tasks;

namespace Overseer.Core.Tests.Pools;

public sealed class PoolChangeTests
{
    [Fact]
    public void What_cannot_be_applied_is_said()
    {
        Assert.Equal("size must not be negative", new PoolChange { Limit = -1 }.Problem);
        Assert.Equal("queue_size must not be negative", new PoolChange { QueueSize = -1 }.Problem);
        Assert.Equal("excess.grace must not be negative", new PoolChange { ExcessGrace = TimeSpan.FromTicks(-1) }.Problem);
        Assert.Equal("excess.grace: at most 2592000 seconds are allowed", new PoolChange { ExcessGrace = StopPolicy.MaxGrace + TimeSpan.FromTicks(1) }.Problem);
    }

    [Fact]
    public void What_is_just_inside_the_bounds_is_right()
    {
        Assert.Null(new PoolChange().Problem);
        Assert.Null(new PoolChange { Limit = 0, QueueSize = 0, ExcessGrace = TimeSpan.Zero }.Problem);
        Assert.Null(new PoolChange { Limit = int.MaxValue, QueueSize = int.MaxValue, ExcessGrace = StopPolicy.MaxGrace }.Problem);
    }
}
