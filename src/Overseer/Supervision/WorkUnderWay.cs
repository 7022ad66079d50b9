namespace Overseer.Supervision;

/// <summary>Work that was handed to the thread pool and has not ended. Thread-safe.</summary>
internal sealed class WorkUnderWay
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _done;
    private int _count;

    /// <summary>Hands it over.</summary>
    /// <param name="work">What is to be done.</param>
    /// <param name="failed">Told what it threw: one task's trouble must not end the process, as an exception of the pool's work would.</param>
    public void Run(Action work, Action<Exception> failed)
    {
        lock (_gate)
        {
            _count++;
        }

        ThreadPool.UnsafeQueueUserWorkItem(
            _ =>
            {
                try
                {
                    work();
                }
                catch (Exception e) when (e is not OutOfMemoryException)
                {
                    failed(e);
                }
                finally
                {
                    End();
                }
            },
            null);
    }

    /// <summary>Done at the first moment at which nothing is under way.</summary>
    public Task DoneAsync()
    {
        lock (_gate)
        {
            if (_count == 0) return Task.CompletedTask;
            _done ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _done.Task;
        }
    }

    private void End()
    {
        TaskCompletionSource? done = null;
        lock (_gate)
        {
            if (--_count == 0) (done, _done) = (_done, null);
        }

        done?.SetResult();
    }
}
