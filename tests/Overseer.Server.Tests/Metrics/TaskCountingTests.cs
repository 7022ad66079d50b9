using System.Diagnostics.Metrics;
using Overseer.Core.Drivers;
using Overseer.Core.Pools;
using Overseer.Core.Tasks;
using Overseer.Metrics;

namespace Overseer.Server.Tests.Metrics;

/// <summary>What becomes of the engine's events, one by one.</summary>
public sealed class TaskCountingTests : IDisposable
{
    private static readonly DateTimeOffset Begin = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid Journal = Guid.NewGuid();

    private readonly Meter _meter = new("Overseer.Tests");
    private readonly CountsByAction _counts = new(ActionCatalog.Empty);
    private readonly TaskAccounts _accounts = new();
    private readonly TaskCounting _counting;

    public TaskCountingTests() => _counting = new TaskCounting(_counts, _accounts, new PoolLimits(PoolPlan.Unlimited), TaskInstruments.QueueWait(_meter));

    private ActionCounts Counts => _counts.Of("gone");

    public void Dispose() => _meter.Dispose();

    [Fact]
    public void Actions_that_the_configuration_does_not_have_are_counted_as_one()
    {
        Happen(Started("a", new RunId(Guid.NewGuid())) with { Action = "one" }, Started("b", new RunId(Guid.NewGuid())) with { Action = "another" });

        var counts = Assert.Single(_counts.All);
        Assert.Equal(("(unknown)", 2), (counts.Action, counts.Starts));
    }

    [Theory]
    [InlineData(0, null, "0")]
    [InlineData(255, null, "255")]
    [InlineData(-1, "SIGKILL", "SIGKILL")]
    [InlineData(-1, null, "unknown")]
    [InlineData(70_000, null, "unknown")]
    public void The_codes_are_few(int code, string? signal, string label)
    {
        Happen(new TaskExited("t", "gone", new RunId(Guid.NewGuid()), 1, code, signal, Intentional: false, Begin));

        Assert.Equal([new(label, 1)], Counts.Exits);
    }

    [Fact]
    public void What_waits_for_a_restart_does_not_leave_a_queue()
    {
        Happen(Started("t", new RunId(Guid.NewGuid())), new TaskDequeued("t", "gone", DequeueReason.Stopped, Begin));

        Assert.Equal(0, Counts.Left(QueueLeave.Of(DequeueReason.Stopped)));
    }

    [Fact]
    public void A_task_that_is_forgotten_while_it_leaves_the_queue_is_counted_and_its_account_goes()
    {
        Happen(new TaskQueued("t", "gone", 1, Origin: null, Begin));
        Assert.Equal(1, _accounts.Count);

        _counting.Decided([new Effect.TaskForgotten("t", Journal), new Effect.Publish(new TaskDequeued("t", "gone", DequeueReason.Expired, Begin))]);

        Assert.Equal((1, 0), (Counts.Left(QueueLeave.Of(DequeueReason.Expired)), _accounts.Count));
        Happen(new TaskDequeued("t", "gone", DequeueReason.Expired, Begin));
        Assert.Equal((1, 0), (Counts.Left(QueueLeave.Of(DequeueReason.Expired)), _accounts.Count));
    }

    [Fact]
    public void The_accounts_of_forgotten_tasks_are_forgotten_also_when_the_id_comes_back()
    {
        var (first, second) = (new RunId(Guid.NewGuid()), new RunId(Guid.NewGuid()));
        Happen(Started("t", first), new TaskExited("t", "gone", first, 1, 0, null, Intentional: false, Begin.AddSeconds(5)));
        Assert.Equal(TimeSpan.FromSeconds(5), _accounts.Runtime("t", Begin));

        _counting.Decided([new Effect.TaskForgotten("t", Journal), new Effect.Publish(Started("t", second))]);

        Assert.Equal(TimeSpan.FromSeconds(2), _accounts.Runtime("t", Begin.AddSeconds(2)));
        _counting.Decided([new Effect.TaskForgotten("t", Journal)]);
        Assert.Equal((0, TimeSpan.Zero), (_accounts.Count, _accounts.Runtime("t", Begin.AddSeconds(2))));
    }

    [Fact]
    public void What_follows_from_an_exit_is_counted_with_it()
    {
        var run = new RunId(Guid.NewGuid());
        var exited = new TaskExited("t", "gone", run, 1, 1, null, Intentional: false, Begin);
        _counting.Decided([new Effect.Publish(Started("t", run)), new Effect.Publish(exited, new TaskErrored("t", "gone", 1, 3, Begin))]);

        Assert.Equal((1, 1, 1, 0), (Counts.Starts, Counts.Completed, Counts.Errored, Counts.Restarts));
    }

    [Fact]
    public void An_event_costs_no_memory()
    {
        var run = new RunId(Guid.NewGuid());
        List<Effect> batch =
        [
            new Effect.Publish(Started("t", run) with { RestartOf = 7, QueueWait = TimeSpan.FromSeconds(1) }),
            new Effect.Publish(new TaskExited("t", "gone", run, 1, 9, null, Intentional: false, Begin)),
            new Effect.Publish(new TaskQueued("t", "gone", 1, Origin: null, Begin)),
            new Effect.Publish(new TaskDequeued("t", "gone", DequeueReason.Purged, Begin)),
        ];
        _counting.Decided(batch);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1000; i++)
        {
            _counting.Decided(batch);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
        Assert.Equal((1001, 1001, 1001), (Counts.Restarts, Counts.Completed, Counts.Left(QueueLeave.Of(DequeueReason.Purged))));
    }

    private static TaskStarted Started(string task, RunId run) => new(task, "gone", run, 1, RestartOf: null, Automatic: false, QueueWait: null, Begin);

    private void Happen(params TaskEvent[] events) => _counting.Decided([.. events.Select(happened => new Effect.Publish(happened))]);
}
