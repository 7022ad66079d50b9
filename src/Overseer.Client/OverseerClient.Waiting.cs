using System.Runtime.CompilerServices;
using Overseer.Core.Tasks;
using Overseer.Protocols.V2;

namespace Overseer.Client;

public sealed partial class OverseerClient
{
    /// <summary>Waits until a task has ended: really, not only one of its runs. One that has ended already is no wait. Goes on across lost connections.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>How it ended; <see cref="TaskEnding.Forgotten"/> when there is no such task, or none any more.</returns>
    /// <exception cref="OverseerUnreachableException">The connection was lost and could not be made again in time.</exception>
    public async Task<TaskEnding> WaitAsync(string taskId, CancellationToken cancellationToken = default)
    {
        await foreach (TaskEnding ending in WaitAsync([taskId], cancellationToken))
            return ending;
        throw new OverseerConnectionLostException("the client was closed while it waited for a task");
    }

    /// <summary>The same for several tasks: each one's ending once, as they come. No output is transferred for it.</summary>
    /// <param name="taskIds">The tasks.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="OverseerUnreachableException">The connection was lost and could not be made again in time.</exception>
    public async IAsyncEnumerable<TaskEnding> WaitAsync(IReadOnlyCollection<string> taskIds, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var last = taskIds.Distinct(StringComparer.Ordinal).ToDictionary(id => id, id => new TaskEnding(id), StringComparer.Ordinal);
        await using LifecycleWatch watch = await WatchLifecycleAsync(cancellationToken: cancellationToken);
        await foreach (ServerMessage one in watch.WithCancellation(cancellationToken))
        {
            if (one is SubscribedMessage)
            {
                // From here on nothing is missed; what was before, the list tells.
                foreach (TaskEnding ending in await EndedAsync(last, cancellationToken))
                    yield return ending;
            }
            else if (one is LifecycleMessage happened && last.TryGetValue(happened.TaskId, out TaskEnding? before) && Follow(happened, ref before) is var ended)
            {
                last[happened.TaskId] = before;
                if (ended && last.Remove(happened.TaskId))
                    yield return before;
            }
            if (last.Count == 0)
                yield break;
        }
    }

    /// <summary>Takes an event of a task; true when it is its end.</summary>
    private static bool Follow(LifecycleMessage happened, ref TaskEnding task)
    {
        switch (happened.Event)
        {
            case LifecycleEvent.Queued:
                task = new TaskEnding(happened.TaskId);
                return false;
            case LifecycleEvent.Exited:
                task = new TaskEnding(happened.TaskId) { ExitCode = happened.ExitCode, Signal = happened.Signal, GivenUp = happened.State == TaskState.Errored };
                return happened.State is not (TaskState.Active or TaskState.Queued);
            case LifecycleEvent.Errored:
                task = task with { GivenUp = true };
                return true;
            case LifecycleEvent.Dequeued:
                task = task with { Dequeued = happened.Reason };
                return true;
            default:
                return false;
        }
    }

    private async Task<List<TaskEnding>> EndedAsync(Dictionary<string, TaskEnding> tasks, CancellationToken cancellation)
    {
        IReadOnlyList<Protocols.V2.TaskInfo> known;
        try
        {
            known = await ListAsync(cancellationToken: cancellation);
        }
        catch (OverseerConnectionLostException) when (!_closing.IsCancellationRequested)
        {
            return []; // the subscription is made again, and this with it
        }
        var byId = known.ToDictionary(task => task.TaskId, StringComparer.Ordinal);
        var ended = new List<TaskEnding>();
        foreach (string id in tasks.Keys.ToList())
        {
            byId.TryGetValue(id, out Protocols.V2.TaskInfo? task);
            TaskEnding? ending = task is null ? new TaskEnding(id) { Forgotten = true } : TaskEnding.Of(task);
            if (ending is not null && tasks.Remove(id))
                ended.Add(ending);
            else if (task is not null)
                tasks[id] = TaskEnding.LastExitOf(task);
        }
        return ended;
    }
}
