using Overseer.Core.Drivers;

namespace Overseer.Core.Tasks;

/// <summary>
/// Decides what happens to tasks. Pure: commands in, effects out; no threads, files or sockets. <see cref="Apply"/> is for one thread at a time, everything
/// else may be read from any thread.
/// </summary>
internal sealed class TaskEngine
{
    /// <summary>Makes an engine that knows no task.</summary>
    /// <param name="actions">What can be started.</param>
    /// <param name="options">Bounds and defaults.</param>
    /// <param name="clock">Time.</param>
    /// <param name="ids">Makes the ids of tasks, journals and runs.</param>
    public TaskEngine(ActionCatalog actions, EngineOptions options, TimeProvider clock, Func<Guid> ids)
    {
        _ = (actions, options, clock, ids);
    }

    /// <summary>All known tasks by number, each as it is now. A copy, made without stopping the engine.</summary>
    public IReadOnlyList<TaskStatus> Tasks => throw new NotSupportedException();

    /// <summary>True when no run is under way and nothing is left to be swept.</summary>
    public bool IsIdle => throw new NotSupportedException();

    /// <summary>Applies one command and appends what has to be done to <paramref name="effects"/>.</summary>
    public void Apply(EngineCommand command, List<Effect> effects) => throw new NotSupportedException();

    /// <summary>The task with this id.</summary>
    public TaskStatus? Find(string taskId) => throw new NotSupportedException();

    /// <summary>The task whose latest process has, or had, this pid.</summary>
    public TaskStatus? FindByPid(int pid) => throw new NotSupportedException();
}
