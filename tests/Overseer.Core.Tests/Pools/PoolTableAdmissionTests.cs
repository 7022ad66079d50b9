using Overseer.Core.Pools;

namespace Overseer.Core.Tests.Pools;

public sealed class PoolTableAdmissionTests
{
    private static readonly PoolOptions Two = new() { Limit = 2 };
    private static readonly PoolOptions OneAndTwo = new() { Limit = 1, QueueEnabled = true, QueueSize = 2 };

    [Fact]
    public void Without_a_plan_everything_is_admitted()
    {
        var pools = PoolOwner.Of();
        for (var i = 0; i < 100; i++) Assert.Equal("started", pools.Start($"a{i}"));
    }

    [Fact]
    public void A_start_above_the_limit_is_refused_when_there_is_no_queue()
    {
        var pools = PoolOwner.Of(null, ("a", Two));
        Assert.Equal(["started", "started", "rejected", "rejected"], [pools.Start("a1"), pools.Start("a2"), pools.Start("a3"), pools.Start("a4", forced: true)]);
        Assert.Equal("started", pools.Start("b1"));
        pools.End("a1");
        Assert.Equal("started", pools.Start("a5"));
    }

    [Fact]
    public void Both_the_action_and_all_together_must_have_room()
    {
        var pools = PoolOwner.Of(new PoolOptions { Limit = 3 }, ("a", Two));
        Assert.Equal(["started", "started", "rejected"], [pools.Start("a1"), pools.Start("a2"), pools.Start("a3")]);
        Assert.Equal(["started", "rejected"], [pools.Start("b1"), pools.Start("b2")]);
        pools.End("a1");
        Assert.Equal(["started", "rejected"], [pools.Start("c1"), pools.Start("a4")]);
    }

    [Fact]
    public void The_queue_takes_as_many_as_its_size_says()
    {
        var pools = PoolOwner.Of(null, ("a", OneAndTwo));
        Assert.Equal(["started", "1", "2", "rejected"], [pools.Start("a1"), pools.Start("a2"), pools.Start("a3"), pools.Start("a4")]);
        pools.End("a1");
        Assert.Equal(["2", "rejected"], [pools.Start("a5"), pools.Start("a6")]);
        Assert.Equal(["a1", "a2"], pools.Starts);
    }

    [Fact]
    public void A_queue_of_size_0_that_is_enabled_takes_any_number()
    {
        var pools = PoolOwner.Of(null, ("a", new PoolOptions { Limit = 1, QueueEnabled = true, QueueSize = 0 }));
        pools.Start("a0");
        for (var i = 1; i <= 1000; i++) Assert.Equal($"{i}", pools.Start($"a{i}"));
    }

    [Theory]
    [InlineData(DisplacePolicy.OnlyForced, "rejected", "2 for a2")]
    [InlineData(DisplacePolicy.Allowed, "2 for a2", "2 for a3")]
    [InlineData(DisplacePolicy.Prohibited, "rejected", "rejected")]
    public void Who_may_displace(DisplacePolicy policy, string unforced, string forced)
    {
        var pools = PoolOwner.Of(null, ("a", OneAndTwo with { Displace = policy }));
        pools.Start("a1", "a2", "a3");
        Assert.Equal([unforced, forced], [pools.Start("a4"), pools.Start("a5", forced: true)]);
    }

    [Fact]
    public void Forced_tasks_are_not_displaced()
    {
        var pools = PoolOwner.Of(null, ("a", OneAndTwo));
        pools.Start("a1");
        Assert.Equal(["1", "2"], [pools.Start("a2", forced: true), pools.Start("a3")]);
        Assert.Equal(["2 for a3", "rejected"], [pools.Start("a4", forced: true), pools.Start("a5", forced: true)]);
        Assert.Equal(["a2", "a4"], pools.Waiting("a"));
    }

    [Fact]
    public void Force_starts_nobody_above_a_limit()
    {
        var pools = PoolOwner.Of(new PoolOptions { Limit = 1, QueueEnabled = true });
        pools.Start("a1");
        Assert.Equal("1", pools.Start("b1", forced: true));
        Assert.Equal(["a1"], pools.Starts);
    }

    [Fact]
    public void Nobody_is_displaced_from_another_actions_queue()
    {
        var pools = PoolOwner.Of(new PoolOptions { Limit = 1, QueueEnabled = true, QueueSize = 1, Displace = DisplacePolicy.Allowed });
        pools.Start("a1", "a2");
        Assert.Equal(["1", "1 for b1"], [pools.Start("b1"), pools.Start("b2")]);
        Assert.Equal(["a2"], pools.Waiting("a"));
    }

    [Fact]
    public void Those_that_ran_before_are_displaced_last()
    {
        var pools = PoolOwner.Of(null, ("a", OneAndTwo with { Limit = 2, Displace = DisplacePolicy.Allowed }));
        pools.Start("a1", "a2", "a3");
        pools.Table.Change("a", new PoolChange { Limit = 1 });
        pools.Requeue("a2", 10);
        Assert.Equal(["2 for a3", "2 for a4"], [pools.Start("a4"), pools.Start("a5")]);
        pools.Table.Remove(pools.Tickets["a5"]);
        pools.Table.Change("a", new PoolChange { QueueSize = 1 });
        Assert.Equal("1 for a2", pools.Start("a6"));
    }

    [Fact]
    public void A_place_may_be_taken_beyond_the_limits()
    {
        var pools = PoolOwner.Of(new PoolOptions { Limit = 1 }, ("a", new PoolOptions { Limit = 1 }));
        for (var i = 0; i < 3; i++) pools.Table.Enter(new PoolTicket<string>($"a{i}", $"a{i}", "a"));
        Assert.Equal((2, 2), (pools.Table.Excess("a"), pools.Table.Excess(null)));
        Assert.Equal(["a0", "a1", "a2"], pools.Table.Holders("a").Order());
        Assert.Equal("rejected", pools.Start("b1"));
    }

    [Fact]
    public void A_place_is_given_and_taken_once()
    {
        var table = new PoolTable<string>(PoolPlan.Unlimited);
        var ticket = new PoolTicket<string>("x", "x", "a");
        table.Enter(ticket);
        Assert.Throws<InvalidOperationException>(() => table.Enter(ticket));
        Assert.Throws<InvalidOperationException>(() => table.Enqueue(ticket, default, false, 1));
        Assert.False(table.Remove(ticket));
        Assert.True(table.Leave(ticket));
        Assert.False(table.Leave(ticket));
        table.Enqueue(ticket, default, false, 1);
        Assert.Throws<InvalidOperationException>(() => table.Enqueue(ticket, default, false, 1));
        Assert.True(table.Remove(ticket));
        Assert.False(table.Remove(ticket));
        Assert.Equal((0, 0), (table.Status("a").Running, table.Status("a").QueueDepth));
    }
}
