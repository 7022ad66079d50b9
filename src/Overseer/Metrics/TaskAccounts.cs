using System.Collections.Concurrent;
using Overseer.Core.Tasks;
using Overseer.Core.Tasks.Storage;

namespace Overseer.Metrics;

/// <summary>The accounts of all tasks that ever had something to account for. One lives as long as its task is known. From any thread.</summary>
internal sealed class TaskAccounts
{
    private readonly ConcurrentDictionary<string, TaskAccount> _byTask = new(StringComparer.Ordinal);

    /// <summary>How many there are.</summary>
    public int Count => _byTask.Count;

    /// <summary>The account of a task, made when there is none.</summary>
    public TaskAccount Of(string taskId) => _byTask.GetOrAdd(taskId, static _ => new TaskAccount());

    /// <summary>The account of a task, if it has one.</summary>
    public TaskAccount? Find(string taskId) => _byTask.GetValueOrDefault(taskId);

    /// <summary>How long a task's processes ran.</summary>
    public TimeSpan Runtime(string taskId, DateTimeOffset now) => Find(taskId)?.Runtime(now) ?? TimeSpan.Zero;

    /// <summary>The task is known no more.</summary>
    /// <returns>Its account, if it had one.</returns>
    public TaskAccount? Forget(string taskId) => _byTask.TryRemove(taskId, out var account) ? account : null;

    /// <summary>Takes up what an earlier server left.</summary>
    public void Restore(StoredState stored)
    {
        var ids = new Dictionary<long, string>(stored.Tasks.Count);
        foreach (var task in stored.Tasks)
        {
            ids[task.Number] = task.TaskId;
            if (task.Standing.QueuedAt is not null)
            {
                Of(task.TaskId).Enqueued();
            }
        }

        foreach (var run in stored.Runs)
        {
            if (run.StartedAt is not { } started || !ids.TryGetValue(run.Task, out var taskId))
            {
                continue;
            }

            if (run.ExitedAt is { } exited)
            {
                Of(taskId).Ran(exited - started);
            }
            else
            {
                Of(taskId).Started(run.RunId, started);
            }
        }
    }
}
