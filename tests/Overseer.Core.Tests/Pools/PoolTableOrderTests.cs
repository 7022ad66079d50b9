using Overseer.Core.Pools;

namespace Overseer.Core.Tests.Pools;

public sealed class PoolTableOrderTests
{
    private static readonly PoolOptions Single = new() { Limit = 1, QueueEnabled = true };

    [Fact]
    public void Who_waits_longest_is_next()
    {
        var pools = PoolOwner.Of(null, ("a", Single));
        pools.Start("a1", "a2", "a3");
        pools.End("a1");
        pools.End("a2");
        Assert.Equal(["a1", "a2", "a3"], pools.Starts);
    }

    [Fact]
    public void In_the_order_last_the_latest_is_next_and_first_in_line()
    {
        var pools = PoolOwner.Of(null, ("a", Single with { QueueOrder = QueueOrder.Last }));
        Assert.Equal(["started", "1", "1", "1"], [pools.Start("a1"), pools.Start("a2"), pools.Start("a3"), pools.Start("a4")]);
        Assert.Equal(["a4", "a3", "a2"], pools.Waiting("a"));
        pools.End("a1");
        Assert.Equal(["a1", "a4"], pools.Starts);
    }

    [Theory]
    [InlineData(QueueOrder.First, "a3 a1 a2 a4 a5", "6")]
    [InlineData(QueueOrder.Last, "a3 a1 a2 a5 a4", "4")]
    public void Those_that_ran_come_first_the_longest_running_before_the_others(QueueOrder order, string expected, string next)
    {
        var pools = PoolOwner.Of(null, ("a", Single with { Limit = 3, QueueOrder = order }));
        pools.Start("a1", "a2", "a3", "a4", "a5");
        pools.Table.Change("a", new PoolChange { Limit = 1 });
        Assert.Equal([1, 2, 1], [pools.Requeue("a1", 20), pools.Requeue("a2", 10), pools.Requeue("a3", 30)]);
        Assert.Equal(expected.Split(' '), pools.Waiting("a"));
        Assert.Equal(next, pools.Start("a6"));
        pools.Dispatch();
        Assert.Equal("a3", pools.Starts[^1]);
    }

    [Fact]
    public void Actions_take_turns_when_all_together_are_limited()
    {
        var pools = PoolOwner.Of(Single);
        pools.Start("a0", "a1", "a2", "a3", "b1", "b2", "c1");
        Assert.Equal(["b1", "c1", "a1", "b2", "a2", "a3"], pools.Waiting());
        for (var i = 0; i < 6; i++) pools.End(pools.Starts[^1]);
        Assert.Equal(["a0", "b1", "c1", "a1", "b2", "a2", "a3"], pools.Starts);
    }

    [Fact]
    public void An_action_held_back_by_its_own_limit_holds_back_nobody()
    {
        var pools = PoolOwner.Of(new PoolOptions { Limit = 2, QueueEnabled = true }, ("a", Single));
        pools.Start("a1", "a2", "a3", "b1", "b2");
        pools.End("b1");
        Assert.Equal(["a1", "b1", "b2"], pools.Starts);
        pools.End("a1");
        Assert.Equal(["a1", "b1", "b2", "a2"], pools.Starts);
    }

    [Fact]
    public void An_action_that_comes_late_is_next()
    {
        var pools = PoolOwner.Of(Single);
        pools.Start("a0");
        for (var i = 1; i <= 100; i++) pools.Start($"a{i}", $"b{i}");
        pools.Start("c1");
        pools.End("a0");
        pools.End("b1");
        Assert.Equal(["a0", "b1", "c1"], pools.Starts);
    }

    [Fact]
    public void A_restored_queue_goes_on_in_its_order()
    {
        var before = PoolOwner.Of(null, ("a", Single with { Limit = 2 }));
        before.Start("a1", "a2", "a3", "a4");
        before.Requeue("a2", 5);

        var after = PoolOwner.Of(null, ("a", Single with { Limit = 2 }));
        foreach (var ticket in before.Table.Waiting("a").Reverse())
        {
            var restored = new PoolTicket<string>(ticket.Task, ticket.TaskId, ticket.Action);
            after.Table.Enqueue(restored, ticket.QueuedAt, ticket.Forced, ticket.Place);
            after.Tickets[ticket.Task] = restored;
        }

        Assert.Equal("4", after.Start("a5"));
        Assert.Equal(["a2", "a3", "a4", "a5"], after.Waiting("a"));
    }
}
