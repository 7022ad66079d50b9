using System.Runtime.CompilerServices;
using Overseer.Core.Tasks;
using Overseer.Server;
using TaskStatus = Overseer.Core.Tasks.TaskStatus;

namespace Overseer.Server.Tests.Acceptance;

public sealed class TaskInfosTests
{
    [Fact]
    public void A_task_is_shown_as_it_is_now_and_written_once_while_it_does_not_change()
    {
        var infos = new TaskInfos(() => 10);
        var task = Task(1);
        Assert.Same(infos.Of(task), infos.Of(task));
        var changed = task with { State = TaskState.Errored };
        Assert.Equal(TaskState.Errored, infos.Of(changed).State);
        Assert.Same(infos.Of(changed), infos.Of(changed));
        Assert.Equal(TaskState.Active, infos.Of(task).State);
    }

    [Fact]
    public void Numbers_that_are_given_out_again_are_other_tasks()
    {
        var infos = new TaskInfos(() => 10);
        infos.Of(Task(1));
        Assert.Equal("other", infos.Of(Task(1) with { TaskId = "other" }).TaskId);
    }

    [Fact]
    public void No_more_are_kept_than_allowed()
    {
        var infos = new TaskInfos(() => 10, most: 2);
        var tasks = Enumerable.Range(1, 3).Select(number => Task(number)).ToArray();
        var first = infos.Of(tasks[0]);
        infos.Of(tasks[1]);
        Assert.Same(first, infos.Of(tasks[0]));
        infos.Of(tasks[2]);
        Assert.NotSame(first, infos.Of(tasks[0]));
    }

    [Fact]
    public void Tasks_that_are_gone_are_not_kept_for_long()
    {
        var infos = new TaskInfos(() => 1);
        var all = new List<WeakReference>();
        for (var number = 1; number <= 1000; number++)
        {
            all.Add(Keep(infos, number));
        }

        GC.Collect();
        Assert.InRange(all.Count(one => one.IsAlive), 1, 2 + TaskInfos.Spare);
        GC.KeepAlive(infos);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Keep(TaskInfos infos, long number) => new(infos.Of(Task(number)));

    private static TaskStatus Task(long number) => new()
    {
        TaskId = $"t{number}",
        Number = number,
        JournalId = Guid.Empty,
        Action = "a",
        State = TaskState.Active,
        Phase = TaskPhase.Running,
        CreatedAt = DateTimeOffset.UnixEpoch,
    };
}
