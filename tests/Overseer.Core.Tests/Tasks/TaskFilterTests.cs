using Overseer.Core.Tasks;
using TaskStatus = Overseer.Core.Tasks.TaskStatus;

namespace Overseer.Core.Tests.Tasks;

public sealed class TaskFilterTests
{
    private static readonly DateTimeOffset T0 = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly IReadOnlyList<TaskStatus> All =
    [
        Task(1, "a", TaskState.Stopped, started: 0, exited: 10),
        Task(2, "b", TaskState.Active, started: 20) with { Tags = ["x"], Groups = ["g"] },
        Task(3, "a", TaskState.Queued),
        Task(4, "a", TaskState.Errored, started: 5, exited: 6) with { Tags = ["x", "y"] },
        Task(5, "a", TaskState.Stopped, started: 30, exited: 10),
    ];

    [Fact]
    public void No_filter_shows_all() => Assert.Same(All, new TaskFilter().Apply(All));

    [Fact]
    public void Since_is_inclusive_looks_at_the_last_start_or_exit_and_never_hides_queued_ones()
    {
        Assert.Equal([1, 2, 3, 5], Numbers(new TaskFilter { Since = T0.AddSeconds(10) }));
        Assert.Equal([2, 3, 5], Numbers(new TaskFilter { Since = T0.AddSeconds(10).AddTicks(1) }));
        Assert.Equal([3, 5], Numbers(new TaskFilter { Since = T0.AddSeconds(21) }));
        Assert.Equal([3], Numbers(new TaskFilter { Since = T0.AddSeconds(31) }));
    }

    [Fact]
    public void Filters_that_are_set_must_all_match()
    {
        Assert.Equal([1, 3, 4, 5], Numbers(new TaskFilter { Action = "a" }));
        Assert.Equal([1, 5], Numbers(new TaskFilter { Action = "a", State = TaskState.Stopped }));
        Assert.Equal([2, 4], Numbers(new TaskFilter { Tag = "x" }));
        Assert.Equal([2], Numbers(new TaskFilter { Tag = "x", Group = "g" }));
        Assert.Empty(Numbers(new TaskFilter { Tag = "X" }));
    }

    [Fact]
    public void Pages_follow_each_other_by_number()
    {
        Assert.Equal([1, 2], Numbers(new TaskFilter { Limit = 2 }));
        Assert.Equal([3, 4], Numbers(new TaskFilter { Limit = 2, After = 2 }));
        Assert.Equal([5], Numbers(new TaskFilter { Limit = 2, After = 4 }));
        Assert.Empty(Numbers(new TaskFilter { Limit = 0 }));
        Assert.Equal([4, 5], Numbers(new TaskFilter { Action = "a", Limit = 9, After = 3 }));
    }

    private static IEnumerable<int> Numbers(TaskFilter filter) => filter.Apply(All).Select(t => (int)t.Number);

    private static TaskStatus Task(long number, string action, TaskState state, int? started = null, int? exited = null) => new()
    {
        TaskId = $"t{number}",
        Number = number,
        JournalId = Guid.Empty,
        Action = action,
        State = state,
        Phase = TaskPhase.Ended,
        CreatedAt = T0.AddSeconds(-100),
        LastStartedAt = started is null ? null : T0.AddSeconds(started.Value),
        LastExitedAt = exited is null ? null : T0.AddSeconds(exited.Value),
    };
}
