using System.Collections.Concurrent;

namespace Overseer.Supervision;

/// <summary>The requesters that are connected, by number. Thread-safe.</summary>
internal sealed class RequesterDirectory
{
    private readonly ConcurrentDictionary<long, IRequester> _byNumber = new();
    private readonly Lock _gate = new();
    private IRequester[] _limited = [];
    private long _last;

    /// <summary>How many are connected.</summary>
    public int Count => _byNumber.Count;

    /// <summary>Everybody who is connected now.</summary>
    public IEnumerable<IRequester> All => _byNumber.Values;

    /// <summary>Those of them who are limited.</summary>
    public IReadOnlyList<IRequester> Limited => _limited;

    /// <summary>A number for a new requester; 0 is the server itself.</summary>
    public long NextNumber() => Interlocked.Increment(ref _last);

    /// <summary>The requester with this number, unless it has left.</summary>
    public IRequester? Find(long number) => _byNumber.GetValueOrDefault(number);

    /// <summary>Adds a requester; nothing, when it is there.</summary>
    public void Add(long number, IRequester requester)
    {
        if (_byNumber.TryAdd(number, requester) && requester.IsLimited)
        {
            lock (_gate)
            {
                _limited = [.. _limited, requester];
            }
        }
    }

    /// <summary>Takes a requester out.</summary>
    public void Remove(long number)
    {
        if (_byNumber.TryRemove(number, out var requester) && requester.IsLimited)
        {
            lock (_gate)
            {
                _limited = [.. _limited.Where(one => !ReferenceEquals(one, requester))];
            }
        }
    }
}
