using Overseer.Protocols.V2;

namespace Overseer.Client;

/// <summary>Events on their way from the receiving loop to one reader. The reader takes all that is there at once.</summary>
internal sealed class EventBuffer(Action onDrained)
{
    private readonly Lock _gate = new();
    private List<ServerMessage> _waiting = [];
    private List<ServerMessage> _taken = [];
    private TaskCompletionSource? _readable;
    private Exception? _failure;
    private bool _completed;

    internal int Count
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Whether nothing is added any more.</summary>
    internal bool IsCompleted
    {
        get
        {
            lock (_gate)
            {
                return _completed;
            }
        }
    }

    internal void Add(ServerMessage message)
    {
        TaskCompletionSource? readable;
        lock (_gate)
        {
            if (_completed)
                return;
            _waiting.Add(message);
            readable = Interlocked.Exchange(ref _readable, null);
        }
        readable?.TrySetResult();
    }

    /// <summary>Ends the stream once what is waiting has been read; with a failure if there is one. The first call wins.</summary>
    internal void Complete(Exception? failure = null)
    {
        TaskCompletionSource? readable;
        lock (_gate)
        {
            if (_completed)
                return;
            _completed = true;
            _failure = failure;
            readable = Interlocked.Exchange(ref _readable, null);
        }
        readable?.TrySetResult();
    }

    /// <summary>All events that wait, at least one; null at the end. The list is valid until the next call.</summary>
    internal async ValueTask<List<ServerMessage>?> TakeAsync(CancellationToken cancellation)
    {
        while (true)
        {
            Task wait;
            lock (_gate)
            {
                if (_waiting.Count > 0)
                {
                    _taken.Clear();
                    (_taken, _waiting) = (_waiting, _taken);
                    break;
                }
                if (_completed)
                    return _failure is null ? null : throw _failure;
                _readable ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                wait = _readable.Task;
            }
            await wait.WaitAsync(cancellation);
        }
        onDrained();
        return _taken;
    }
}
