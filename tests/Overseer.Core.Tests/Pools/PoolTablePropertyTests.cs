using FsCheck;
using FsCheck.Fluent;
using Overseer.Core.Pools;

namespace Overseer.Core.Tests.Pools;

/// <summary>Whatever happens in whatever order, the table does what a few lists that are searched from end to end would do.</summary>
public sealed class PoolTablePropertyTests
{
    private static readonly string[] Steps =
    [
        "start", "start", "start", "start", "force", "force", "leave", "leave", "leave", "leave-many", "remove", "requeue", "requeue", "beyond", "beyond-waiting", "purge",
        "limit", "top-limit", "queue-size", "top-queue-size", "server",
    ];

    private static Gen<PoolOptions> Options =>
        from limit in Gen.Choose(0, 4)
        from enabled in Gen.Elements(true, true, true, false)
        from size in Gen.Choose(0, 4)
        from order in Gen.Elements(QueueOrder.First, QueueOrder.Last)
        from displace in Gen.Elements(DisplacePolicy.Allowed, DisplacePolicy.OnlyForced, DisplacePolicy.Prohibited)
        from said in Gen.Choose(0, 3)
        select said == 0
            ? new PoolOptions { Limit = limit }
            : new PoolOptions { Limit = limit, QueueEnabled = enabled, QueueSize = size, QueueOrder = order, Displace = displace };

    private static Gen<PoolPlan> Plan =>
        from top in Options
        from topLimit in Gen.Choose(0, 6)
        from a in Options
        from b in Options
        from c in Options
        select new PoolPlan { Top = top with { Limit = topLimit }, Actions = new Dictionary<string, PoolOptions> { ["a"] = a, ["b"] = b, ["c"] = c } };

    [Fact]
    public void Random_histories_agree_with_a_naive_model()
    {
        var step = from what in Gen.Elements(Steps) from action in Gen.Elements(PoolModel.Actions) from pick in Gen.Choose(0, 1000) select (what, action, pick);
        var histories = (from plan in Plan from steps in Gen.ListOf(step, 120) select (plan, steps)).ToArbitrary();
        Prop.ForAll(histories, history => new PoolModel(history.plan).Play(history.steps)).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Fact]
    public void However_many_wait_everything_about_one_is_cheap()
    {
        // 1,000 actions, each held back by its own limit, with 10 waiting each: were any of it linear, this would take minutes.
        const int Actions = 1000;
        var names = Enumerable.Range(0, Actions).Select(i => $"action-{i}").ToList();
        var plan = new PoolPlan
        {
            Top = new PoolOptions { Limit = Actions, QueueEnabled = true },
            Actions = names.ToDictionary(name => name, _ => new PoolOptions { Limit = 1 }),
        };
        var table = new PoolTable<string>(plan);
        var holding = new Queue<PoolTicket<string>>();
        for (var i = 0; i < Actions * 11; i++)
        {
            var ticket = new PoolTicket<string>($"{i}", $"{i}", names[i % Actions]);
            if (table.Ask(ticket.Action, false) is Admission<string>.Admit) Enter(ticket);
            else Assert.Equal(i / Actions, table.Enqueue(ticket, default, false, table.NextPlace));
        }

        for (var i = 0; i < 300_000; i++)
        {
            Assert.Null(table.Next);
            var ended = holding.Dequeue();
            table.Leave(ended);
            Enter(table.Next!);
            table.Enqueue(ended, default, i % 2 == 0, table.NextPlace);
        }

        Assert.Equal((Actions, Actions * 10), (table.Status(null).Running, table.Status(null).QueueDepth));

        void Enter(PoolTicket<string> ticket)
        {
            table.Enter(ticket);
            holding.Enqueue(ticket);
        }
    }
}
