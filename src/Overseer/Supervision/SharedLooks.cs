using Overseer.Recorder.Processes;

namespace Overseer.Supervision;

/// <summary>
/// Work that needs a look at all processes, on the thread pool: what came while one look was taken and used shares the next, so that stopping everything costs a few looks and not one
/// for each task. A look is always taken after it was asked for. Thread-safe.
/// </summary>
internal sealed class SharedLooks
{
    private readonly Lock _gate = new();
    private readonly WorkUnderWay _underWay = new();
    private List<(Action<ProcessSnapshot?> Work, Action<Exception> Failed)> _waiting = [];
    private bool _looking;

    /// <summary>Hands work over that shares a look.</summary>
    /// <param name="work">What is to be done. Must not wait for anything. It gets null when no look can be taken now (no descriptors left), and has to see for itself.</param>
    /// <param name="failed">Told what it threw.</param>
    public void Run(Action<ProcessSnapshot?> work, Action<Exception> failed)
    {
        lock (_gate)
        {
            _waiting.Add((work, failed));
            if (_looking)
            {
                return;
            }

            _looking = true;
        }

        _underWay.Run(Look, static _ => { });
    }

    /// <summary>Hands work over that needs no look, or takes its own; it may wait.</summary>
    /// <inheritdoc cref="WorkUnderWay.Run"/>
    public void RunAlone(Action work, Action<Exception> failed) => _underWay.Run(work, failed);

    /// <summary>Done at the first moment at which nothing is under way, neither with a look nor without.</summary>
    public Task DoneAsync() => _underWay.DoneAsync();

    private void Look()
    {
        while (true)
        {
            List<(Action<ProcessSnapshot?> Work, Action<Exception> Failed)> waiting;
            lock (_gate)
            {
                if (_waiting.Count == 0)
                {
                    _looking = false;
                    return;
                }

                (waiting, _waiting) = (_waiting, []);
            }

            var snapshot = TryTake();
            foreach (var (work, failed) in waiting)
            {
                try
                {
                    work(snapshot);
                }
                catch (Exception e) when (e is not OutOfMemoryException)
                {
                    failed(e);
                }
            }
        }
    }

    private static ProcessSnapshot? TryTake()
    {
        try
        {
            return ProcessSnapshot.Take();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
