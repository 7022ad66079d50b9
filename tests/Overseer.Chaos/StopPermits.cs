namespace Overseer.Chaos;

/// <summary>Stops that are under way, and the right to have none for a while. Thread-safe.</summary>
internal sealed class StopPermits
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = New();
    private int _active;
    private bool _closed;

    internal async Task EnterAsync(CancellationToken cancel)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (!_closed)
                {
                    _active++;
                    return;
                }
                changed = _changed.Task;
            }
            await changed.WaitAsync(cancel);
        }
    }

    internal void Leave()
    {
        lock (_gate)
        {
            _active--;
            Changed_NeedsLock();
        }
    }

    /// <summary>Lets nobody in any more, and waits until everybody is out.</summary>
    internal async Task CloseAsync(CancellationToken cancel)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                _closed = true;
                if (_active == 0)
                    return;
                changed = _changed.Task;
            }
            await changed.WaitAsync(cancel);
        }
    }

    internal void Open()
    {
        lock (_gate)
        {
            _closed = false;
            Changed_NeedsLock();
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Changed_NeedsLock()
    {
        _changed.TrySetResult();
        _changed = New();
    }
}
