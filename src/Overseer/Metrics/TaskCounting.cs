using System.Diagnostics.Metrics;
using Overseer.Core.Tasks;

namespace Overseer.Metrics;

/// <summary>Counts what the engine publishes. On the engine's loop; allocates nothing but the account of a task that is new.</summary>
internal sealed class TaskCounting(CountsByAction counts, TaskAccounts accounts, PoolLimits limits, Histogram<double> queueWait)
{
    // A task that never ran is forgotten a moment before it is said why: within a batch its account can still be had.
    private readonly Dictionary<string, TaskAccount> _forgotten = new(StringComparer.Ordinal);

    /// <summary>
    /// A batch was decided. To be called before any of it is performed: whoever is told of a start finds it counted.
    /// </summary>
    public void Decided(List<Effect> effects)
    {
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case Effect.Publish publish:
                    Happened(publish.Event);
                    if (publish.Then is { } then)
                    {
                        Happened(then);
                    }

                    break;
                case Effect.TaskForgotten forgotten:
                    if (accounts.Forget(forgotten.TaskId) is { } account)
                    {
                        _forgotten[forgotten.TaskId] = account;
                    }

                    break;
                case Effect.PoolChanged pool:
                    limits.Changed(pool.Status);
                    break;
                case Effect.Reconfigured reconfigured:
                    limits.Replace(reconfigured.Pools);
                    counts.Add(reconfigured.Actions);
                    break;
            }
        }

        _forgotten.Clear();
    }

    private void Happened(TaskEvent happened)
    {
        var action = counts.Of(happened.Action);
        switch (happened)
        {
            case TaskStarted started:
                action.Started(restart: started.RestartOf is not null);
                if (accounts.Of(started.TaskId).Started(started.RunId, started.At))
                {
                    action.LeftQueue(QueueLeave.Started);
                }

                if (started.QueueWait is { } wait)
                {
                    queueWait.Record(Math.Max(0, wait.TotalSeconds), action.Label);
                }

                break;
            case TaskExited exited:
                action.Exited(exited);
                accounts.Find(exited.TaskId)?.Exited(exited.RunId, exited.At);
                break;
            case TaskErrored:
                action.GaveUp();
                break;
            case TaskQueued queued:
                action.Enqueued();
                _forgotten.Remove(queued.TaskId);
                accounts.Of(queued.TaskId).Enqueued();
                break;
            case TaskDequeued dequeued:
                var left = _forgotten.GetValueOrDefault(dequeued.TaskId) ?? accounts.Find(dequeued.TaskId);
                if (left?.Dequeued() == true)
                {
                    action.LeftQueue(QueueLeave.Of(dequeued.Reason));
                }

                break;
        }
    }
}
