using Overseer.Core.Pools;

namespace Overseer.Core.Tests.Pools;

public sealed class PoolTableChangeTests
{
    private static readonly PoolOptions Top = new() { Limit = 10, QueueEnabled = true, QueueSize = 5, ExcessAction = ExcessAction.Requeue };

    [Fact]
    public void A_higher_limit_lets_those_that_wait_start()
    {
        var pools = PoolOwner.Of(null, ("a", new PoolOptions { Limit = 1, QueueEnabled = true }));
        pools.Start("a1", "a2", "a3", "a4");
        Assert.Equal(3, pools.Table.Change("a", new PoolChange { Limit = 3 }).Limit);
        pools.Dispatch();
        Assert.Equal(["a1", "a2", "a3"], pools.Starts);
        pools.Table.Change("a", new PoolChange { Limit = 0 });
        pools.Dispatch();
        Assert.Equal("a4", pools.Starts[^1]);
    }

    [Fact]
    public void A_lower_limit_leaves_an_excess()
    {
        var pools = PoolOwner.Of(Top);
        pools.Start("a1", "a2", "a3", "b1");
        pools.Table.Change("a", new PoolChange { Limit = 1 });
        Assert.Equal((2, 0, 0), (pools.Table.Excess("a"), pools.Table.Excess("b"), pools.Table.Excess(null)));
        pools.Table.Change(null, new PoolChange { Limit = 3 });
        Assert.Equal((2, 0, 1), (pools.Table.Excess("a"), pools.Table.Excess("b"), pools.Table.Excess(null)));
        Assert.Equal(["a1", "a2", "a3"], pools.Table.Holders("a").Order());
        Assert.Equal(["a1", "a2", "a3", "b1"], pools.Table.Holders(null).Order());
        Assert.Empty(pools.Table.Holders("unknown"));
    }

    [Fact]
    public void What_an_action_does_not_say_is_what_all_together_say()
    {
        var table = PoolOwner.Of(Top with { QueueMaxAge = TimeSpan.FromMinutes(1) }, ("a", new PoolOptions { Limit = 2, QueueOrder = QueueOrder.Last })).Table;
        var expected = new PoolSettings { Limit = 2, QueueEnabled = true, QueueSize = 5, QueueOrder = QueueOrder.Last, QueueMaxAge = TimeSpan.FromMinutes(1), ExcessAction = ExcessAction.Requeue };
        Assert.Equal(expected, table.Settings("a"));
        Assert.Equal(expected with { Limit = 0, QueueOrder = QueueOrder.First }, table.Settings("unknown"));
        Assert.Equal(expected with { Limit = 10, QueueOrder = QueueOrder.First }, table.Settings(null));
    }

    [Fact]
    public void A_change_for_all_together_reaches_the_actions_that_say_nothing_of_their_own()
    {
        var pools = PoolOwner.Of(Top, ("a", new PoolOptions { QueueSize = 7 }));
        pools.Start("a1", "b1");
        pools.Table.Change(null, new PoolChange { QueueSize = 3, ExcessGrace = TimeSpan.FromSeconds(9) });
        Assert.Equal((7, 3, 3), (pools.Table.Settings("a").QueueSize, pools.Table.Settings("b").QueueSize, pools.Table.Settings("c").QueueSize));
        Assert.Equal(TimeSpan.FromSeconds(9), pools.Table.Settings("a").ExcessGrace);
        Assert.Equal((0, 10), (pools.Table.Settings("b").Limit, pools.Table.Settings(null).Limit));
    }

    [Fact]
    public void What_was_changed_for_an_action_is_its_own_from_then_on()
    {
        var table = PoolOwner.Of(Top).Table;
        table.Change("a", new PoolChange { QueueSize = 1, ExcessOrder = QueueOrder.Last });
        table.Change(null, new PoolChange { QueueSize = 2, ExcessOrder = QueueOrder.First, ExcessAction = ExcessAction.Stop });
        Assert.Equal((1, QueueOrder.Last, ExcessAction.Stop), (table.Settings("a").QueueSize, table.Settings("a").ExcessOrder, table.Settings("a").ExcessAction));
    }

    [Fact]
    public void An_empty_change_changes_nothing()
    {
        var table = PoolOwner.Of(Top, ("a", new PoolOptions { Limit = 1 })).Table;
        Assert.Equal((table.Settings("a"), table.Settings(null)), (table.Change("a", new PoolChange()), table.Change(null, new PoolChange())));
    }

    [Fact]
    public void Without_a_queue_those_that_wait_stay_and_nobody_joins_them()
    {
        var pools = PoolOwner.Of(null, ("a", new PoolOptions { Limit = 1, QueueEnabled = true, Displace = DisplacePolicy.Allowed }));
        pools.Start("a1", "a2", "a3");
        Assert.False(pools.Table.Change("a", new PoolChange { QueueSize = 0 }).QueueEnabled);
        Assert.Equal("rejected", pools.Start("a4", forced: true));
        Assert.Equal(["a2", "a3"], pools.Waiting("a"));
        Assert.True(pools.Table.Change("a", new PoolChange { QueueSize = 3 }).QueueEnabled);
        Assert.Equal("3", pools.Start("a5"));
    }

    [Fact]
    public void The_status_lists_who_waits()
    {
        var pools = PoolOwner.Of(new PoolOptions { Limit = 1, QueueEnabled = true });
        pools.Start("a1", "a2", "b1");
        pools.Start("a3", forced: true);
        var one = pools.Table.Status("a");
        Assert.Equal(("a", pools.Table.Settings("a"), 1, 2), (one.Action, one.Settings, one.Running, one.QueueDepth));
        var at = pools.Tickets["a2"].QueuedAt;
        Assert.Equal([new PoolQueueItem("a2", "a", at, 0, false), new PoolQueueItem("a3", "a", at, 1, true)], one.Items);
        var all = pools.Table.Status(null);
        Assert.Equal((null, pools.Table.Settings(null), 1, 3), (all.Action, all.Settings, all.Running, all.QueueDepth));
        Assert.Equal(["0 b1", "1 a2", "2 a3"], all.Items.Select(item => $"{item.Position} {item.TaskId}"));
        Assert.Equal((0, 0), (pools.Table.Status("unknown").Running, pools.Table.Status("unknown").QueueDepth));
        Assert.Equal([new PoolLoad("a", 1, 2), new PoolLoad("b", 0, 1)], pools.Table.Loads.OrderBy(load => load.Action));
    }
}
