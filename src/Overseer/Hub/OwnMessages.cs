namespace Overseer.Hub;

/// <summary>
/// The numbers of the messages that a connection has sent itself to a container that it watches too: they are left out of what it gets. They are noted before they are written, so
/// none can come back sooner. Bounded: of too many the oldest come back after all. Thread-safe.
/// </summary>
internal sealed class OwnMessages
{
    private const int Most = 4096;
    private readonly Lock _gate = new();
    private readonly LinkedList<(long First, long End)> _ranges = [];

    /// <summary>Messages from <paramref name="first"/> on are its own.</summary>
    public void Add(long first, int count)
    {
        lock (_gate)
        {
            if (_ranges.Last is { Value: var (begin, end) } last && end == first)
            {
                last.Value = (begin, first + count);
                return;
            }

            if (_ranges.Count == Most)
            {
                _ranges.RemoveFirst();
            }

            _ranges.AddLast((first, first + count));
        }
    }

    /// <summary>They were not written after all.</summary>
    public void TakeBack(long first)
    {
        lock (_gate)
        {
            if (_ranges.Last is not { Value: var (begin, end) } last || end <= first)
            {
                return;
            }

            if (begin >= first)
            {
                _ranges.RemoveLast();
            }
            else
            {
                last.Value = (begin, first);
            }
        }
    }

    /// <summary>Whether a message is its own. Asked in the order of the numbers: what lies before is forgotten.</summary>
    public bool Has(long number)
    {
        lock (_gate)
        {
            while (_ranges.First is { Value.End: var end } && end <= number)
            {
                _ranges.RemoveFirst();
            }

            return _ranges.First is { Value.First: var first } && first <= number;
        }
    }

    /// <summary>Whether any message to come may be its own.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_gate)
            {
                return _ranges.Count == 0;
            }
        }
    }
}
