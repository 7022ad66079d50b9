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
    private List<Action<ProcessSnapshot?>> _waiting = [];
    private bool _looking;

    /// <summary>
    /// Hands it over. It must not wait for anything, and what it throws is the process's end. It gets null when no look can be taken now (no descriptors left), and has to see for itself.
    /// </summary>
    public void Run(Action<ProcessSnapshot?> work)
    {
        lock (_gate)
        {
            _waiting.Add(work);
            if (_looking)
            {
                return;
            }

            _looking = true;
        }

        _underWay.Run(Look);
    }

    /// <summary>Work that needs no look, or takes its own; it may wait.</summary>
    public void RunAlone(Action work) => _underWay.Run(work);

    /// <summary>Done at the first moment at which nothing is under way, neither with a look nor without.</summary>
    public Task DoneAsync() => _underWay.DoneAsync();

    private void Look()
    {
        while (true)
        {
            List<Action<ProcessSnapshot?>> work;
            lock (_gate)
            {
                if (_waiting.Count == 0)
                {
                    _looking = false;
                    return;
                }

                (work, _waiting) = (_waiting, []);
            }

            var snapshot = TryTake();
            work.ForEach(one => one(snapshot));
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
