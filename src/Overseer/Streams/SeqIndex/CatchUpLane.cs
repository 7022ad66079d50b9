namespace Overseer.Streams.SeqIndex;

/// <summary>
/// Where all journals wait that have lines to be numbered: a few at once, a piece of each in turn, so that neither the pool nor a short one waits for a long one.
/// Thread-safe.
/// </summary>
internal sealed class CatchUpLane : IThreadPoolWorkItem
{
    private static readonly int MostAtOnce = Math.Max(1, Environment.ProcessorCount / 2);
    private readonly Lock _gate = new();
    private readonly Queue<SeqNumbering> _waiting = new();
    private int _running;

    /// <summary>Lets a journal wait for its turns.</summary>
    public void Add(SeqNumbering numbering)
    {
        lock (_gate)
        {
            _waiting.Enqueue(numbering);
            if (_running == MostAtOnce)
            {
                return;
            }

            _running++;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        SeqNumbering numbering;
        lock (_gate)
        {
            numbering = _waiting.Dequeue();
        }

        var more = numbering.TakeTurn();
        lock (_gate)
        {
            if (more)
            {
                _waiting.Enqueue(numbering);
            }

            if (_waiting.Count < _running)
            {
                _running--;
                return;
            }
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }
}
