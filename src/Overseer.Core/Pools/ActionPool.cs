namespace Overseer.Core.Pools;

/// <summary>The pool of one action: who has a place, who waits. <see cref="Load"/> may be read from any thread.</summary>
internal sealed class ActionPool<T> where T : class
{
    private readonly List<PoolTicket<T>> _holders = [];
    private WaitingLine<T> _line;
    private readonly SortedSet<PoolTicket<T>> _displaceable = new(DisplacementOrder<T>.Instance);
    private volatile int _running;
    private volatile int _waiting;

    /// <summary>Makes an empty one.</summary>
    /// <param name="action">The action's name.</param>
    /// <param name="index">Its place among those that never got one.</param>
    /// <param name="options">What the action says of its own.</param>
    /// <param name="top">What holds for the rest.</param>
    public ActionPool(string action, int index, PoolOptions options, PoolSettings top)
    {
        Action = action;
        Index = index;
        Options = options;
        Settings = options.Resolve(top);
        _line = new WaitingLine<T>(Settings.QueueOrder);
    }

    /// <summary>The action's name.</summary>
    public string Action { get; }

    /// <summary>Its place among those with the same <see cref="Served"/>.</summary>
    public int Index { get; }

    /// <summary>What the action says of its own, changes included.</summary>
    public PoolOptions Options { get; private set; }

    /// <summary>What is in force.</summary>
    public PoolSettings Settings { get; private set; }

    /// <summary>When one of its tasks got a place the last time, counted in places; 0 for never.</summary>
    public long Served { get; set; }

    /// <summary>Whether it is among those whose turn it may be.</summary>
    public bool HasTurn { get; set; }

    /// <summary>Tasks with a place.</summary>
    public int Running => _running;

    /// <summary>Tasks that wait.</summary>
    public int Waiting => _waiting;

    /// <summary>Whether the limit lets another one run.</summary>
    public bool HasRoom => Settings.Limit == 0 || _running < Settings.Limit;

    /// <summary>Whether the queue holds as many as it may.</summary>
    public bool IsFull => Settings.QueueSize > 0 && _waiting >= Settings.QueueSize;

    /// <summary>Those with a place, in no order.</summary>
    public IReadOnlyList<PoolTicket<T>> Holders => _holders;

    /// <summary>The next to start.</summary>
    public PoolTicket<T>? First => _line.First;

    /// <summary>Who goes when another has to get into the full queue.</summary>
    public PoolTicket<T>? OldestUnforced => _displaceable.Min;

    /// <summary>How much it has to do.</summary>
    public PoolLoad Load => new(Action, _running, _waiting);

    /// <summary>Takes other settings.</summary>
    public void Change(PoolOptions options, PoolSettings top)
    {
        var order = Settings.QueueOrder;
        Options = options;
        Settings = options.Resolve(top);
        if (Settings.QueueOrder == order) return;
        var waiting = InOrder();
        _line = new WaitingLine<T>(Settings.QueueOrder);
        foreach (var ticket in waiting) _line.Add(ticket);
    }

    /// <summary>Gives a place.</summary>
    public void Hold(PoolTicket<T> ticket)
    {
        ticket.HolderIndex = _holders.Count;
        _holders.Add(ticket);
        _running = _holders.Count;
    }

    /// <summary>Takes it back.</summary>
    public void Release(PoolTicket<T> ticket)
    {
        var last = _holders[^1];
        _holders[ticket.HolderIndex] = last;
        last.HolderIndex = ticket.HolderIndex;
        _holders.RemoveAt(_holders.Count - 1);
        _running = _holders.Count;
    }

    /// <summary>Lets a task wait.</summary>
    public void Add(PoolTicket<T> ticket)
    {
        _line.Add(ticket);
        if (!ticket.Forced) _displaceable.Add(ticket);
        _waiting = _line.Count;
    }

    /// <summary>Lets it wait no longer.</summary>
    public void Remove(PoolTicket<T> ticket)
    {
        _line.Remove(ticket);
        if (!ticket.Forced) _displaceable.Remove(ticket);
        _waiting = _line.Count;
    }

    /// <summary>How many start before this waiting task.</summary>
    public int PositionOf(PoolTicket<T> ticket) => _line.PositionOf(ticket);

    /// <summary>Those that wait, the next to start first. A copy.</summary>
    public List<PoolTicket<T>> InOrder()
    {
        var tickets = new List<PoolTicket<T>>(_line.Count);
        _line.CopyTo(tickets);
        return tickets;
    }
}
