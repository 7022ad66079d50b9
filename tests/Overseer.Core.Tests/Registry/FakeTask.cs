using Overseer.Core.Registry;
using Overseer.Core.Tasks;
using TaskStatus = Overseer.Core.Tasks.TaskStatus;

namespace Overseer.Core.Tests.Registry;

/// <summary>A task as the registry sees it, whatever it is.</summary>
internal sealed class FakeTask(long number) : RegisteredTask(number, $"task-{number}")
{
    private TaskStatus _status = new()
    {
        TaskId = $"task-{number}",
        Number = number,
        JournalId = Guid.Empty,
        Action = "a",
        State = TaskState.Active,
        Phase = TaskPhase.Running,
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    public override TaskStatus Status => _status;

    public FakeTask Is(Func<TaskStatus, TaskStatus> change)
    {
        _status = change(_status);
        return this;
    }
}
