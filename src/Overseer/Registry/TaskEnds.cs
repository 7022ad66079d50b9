using Overseer.Core.Tasks;
using Overseer.Lifecycle;
using Overseer.Protocols.V2;

namespace Overseer.Registry;

/// <summary>Waits for tasks to end. Thread-safe.</summary>
internal sealed class TaskEnds(TaskEngine engine, LifecycleFeed lifecycle)
{
    /// <summary>Completes when a task has ended, and that is stored; at once when it has, or is not known.</summary>
    public async Task WaitAsync(string taskId, CancellationToken cancellation)
    {
        var follower = new Follower(taskId, () => HasEnded(taskId));
        lifecycle.Follow(follower, since: null, after: null, static (_, _, _) => { });
        try
        {
            if (!HasEnded(taskId))
            {
                await follower.Ended.WaitAsync(cancellation);
            }
        }
        finally
        {
            lifecycle.Leave(follower);
        }
    }

    private bool HasEnded(string taskId) => engine.Find(taskId) is null or { Phase: TaskPhase.Ended };

    private sealed class Follower(string taskId, Func<bool> hasEnded) : ILifecycleFollower
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ended => _ended.Task;

        public bool Hears(LifecycleMessage message) => string.Equals(message.TaskId, taskId, StringComparison.Ordinal);

        public bool TrySend(LifecycleMessage message)
        {
            if (hasEnded())
            {
                _ended.TrySetResult();
            }

            return true;
        }
    }
}
