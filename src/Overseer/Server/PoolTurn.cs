using System.Threading.Tasks.Sources;

namespace Overseer.Server;

/// <summary>
/// Lets everybody else who is waiting for a pool thread run first. Unlike <see cref="Task.Yield"/>, which puts the caller at the front of its own
/// thread's queue, this goes to the end of the common one. One waiter at a time; allocates nothing.
/// </summary>
internal sealed class PoolTurn : IValueTaskSource, IThreadPoolWorkItem
{
    private ManualResetValueTaskSourceCore<bool> _core;

    /// <summary>Completes on a pool thread, after those that were queued before.</summary>
    public ValueTask WaitAsync()
    {
        _core.Reset();
        var turn = new ValueTask(this, _core.Version);
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return turn;
    }

    void IThreadPoolWorkItem.Execute() => _core.SetResult(true);

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
