using System.Collections.Concurrent;

namespace Overseer.Core.Pools;

// What must hold:
//  - A place is held in two pools at one time: that of the action and that of all together. Waiting is in the action's queue alone, so that a task held back
//    by all together never stands in the way of another action's.
//  - The owner starts everything that Next names before it asks for another start. Then a start that finds room overtakes nobody: had somebody been waiting
//    who could use that room, they would have got it. A start never overtakes its own action's queue even so.
//  - Next is the first of the action that got a place least recently, among those that have room of their own and somebody waiting. Each time another
//    action is served it goes behind all of these: with N actions, at most N-1 starts of others come before one that could start.
// What was rejected: one queue of all tasks in the order of their arrival (an action that queues ten thousand starves all others, and those that are held
// back by their own limit would have to be stepped over, each time); asking every action in turn (a thousand blocked ones for each start).

/// <summary>
/// Who may run, who waits, and whose turn it is. Decides and remembers; knows neither time nor effects. For one thread; <see cref="Loads"/> alone may be read
/// from any. Everything about one task takes constant time, or logarithmic in the number of those waiting and of actions.
/// </summary>
/// <typeparam name="T">What the owner calls a task.</typeparam>
internal sealed class PoolTable<T> where T : class
{
    private readonly ConcurrentDictionary<string, ActionPool<T>> _pools = new(StringComparer.Ordinal);
    private readonly SortedSet<ActionPool<T>> _turns = new(TurnOrder<T>.Instance);
    private IReadOnlyDictionary<string, PoolOptions> _options;
    private PoolOptions _topOptions;
    private PoolSettings _top;
    private int _running;
    private int _waiting;
    private long _served;
    private long _sequence;
    private long _lastPlace;

    /// <summary>Makes a table in which nobody runs or waits.</summary>
    public PoolTable(PoolPlan plan)
    {
        _options = plan.Actions;
        _topOptions = plan.Top;
        _top = plan.TopSettings;
    }

    /// <summary>How much every action has to do that ever had something to do. A copy; from any thread.</summary>
    public IReadOnlyList<PoolLoad> Loads => [.. _pools.Select(pair => pair.Value.Load)];

    /// <summary>The waiting task that is to be started now; none when nobody waits or nobody may start. It waits until it is given a place or removed.</summary>
    public PoolTicket<T>? Next => TopHasRoom ? _turns.Min?.First : null;

    /// <summary>The place of the next task that is queued for the first time.</summary>
    public long NextPlace => _lastPlace + 1;

    private bool TopHasRoom => _top.Limit == 0 || _running < _top.Limit;

    /// <summary>
    /// The place of a task that ran and goes back into the queue: less than any <see cref="NextPlace"/>, and the less, the longer it ran.
    /// </summary>
    public static long FrontPlace(DateTimeOffset startedAt) => long.MinValue + startedAt.UtcTicks;

    /// <summary>
    /// What is in force for an action, or for all together. An action that says nothing of its own, also one that is not known, has no limit and queues as
    /// the pool of all together says.
    /// </summary>
    public PoolSettings Settings(string? action) => action is null ? _top : _pools.GetValueOrDefault(action)?.Settings ?? OptionsOf(action).Resolve(_top);

    /// <summary>What a new start of this action has to do. Changes nothing.</summary>
    public Admission<T> Ask(string action, bool forced)
    {
        var pool = PoolOf(action);
        if (TopHasRoom && pool.HasRoom && pool.Waiting == 0) return Admission<T>.Admit.Instance;
        var settings = pool.Settings;
        if (!settings.QueueEnabled) return Admission<T>.Reject.Instance;
        if (!pool.IsFull) return Admission<T>.Queue.Instance;
        var mayDisplace = settings.Displace == DisplacePolicy.Allowed || (forced && settings.Displace == DisplacePolicy.OnlyForced);
        return mayDisplace && pool.OldestUnforced is { } oldest ? new Admission<T>.QueueDisplacing(oldest) : Admission<T>.Reject.Instance;
    }

    /// <summary>Gives a task its place, beyond any limit if need be; it waits no longer.</summary>
    /// <exception cref="InvalidOperationException">It has one.</exception>
    public void Enter(PoolTicket<T> ticket)
    {
        if (ticket.State == TicketState.Holding) throw new InvalidOperationException($"task {ticket.TaskId} has its place already");
        Remove(ticket);
        var pool = PoolOf(ticket.Action);
        Untouch(pool);
        pool.Hold(ticket);
        pool.Served = ++_served;
        _running++;
        ticket.State = TicketState.Holding;
        Touch(pool);
    }

    /// <summary>Takes a task's place back.</summary>
    /// <returns>False when it had none.</returns>
    public bool Leave(PoolTicket<T> ticket)
    {
        if (ticket.State != TicketState.Holding) return false;
        var pool = PoolOf(ticket.Action);
        pool.Release(ticket);
        _running--;
        ticket.State = TicketState.Out;
        Touch(pool);
        return true;
    }

    /// <summary>Lets a task wait, whether or not its queue is full or there is one: that was asked before, and one that ran is put back in any case.</summary>
    /// <param name="ticket">The task.</param>
    /// <param name="queuedAt">Since when it waits.</param>
    /// <param name="forced">Whether no other may take its place.</param>
    /// <param name="place"><see cref="NextPlace"/>, <see cref="FrontPlace"/>, or what one of these was before the server started again.</param>
    /// <returns>Its position in the order in which its action's queue starts; 1 is next.</returns>
    /// <exception cref="InvalidOperationException">It waits already, or has a place.</exception>
    public int Enqueue(PoolTicket<T> ticket, DateTimeOffset queuedAt, bool forced, long place)
    {
        if (ticket.State != TicketState.Out) throw new InvalidOperationException($"task {ticket.TaskId} waits or runs already");
        (ticket.QueuedAt, ticket.Forced, ticket.Place) = (queuedAt, forced, place);
        ticket.Sequence = ++_sequence;
        ticket.State = TicketState.Waiting;
        _lastPlace = Math.Max(_lastPlace, place);
        var pool = PoolOf(ticket.Action);
        pool.Add(ticket);
        _waiting++;
        Touch(pool);
        return pool.PositionOf(ticket) + 1;
    }

    /// <summary>Lets a task wait no longer.</summary>
    /// <returns>False when it did not wait.</returns>
    public bool Remove(PoolTicket<T> ticket)
    {
        if (ticket.State != TicketState.Waiting) return false;
        var pool = PoolOf(ticket.Action);
        pool.Remove(ticket);
        _waiting--;
        ticket.State = TicketState.Out;
        Touch(pool);
        return true;
    }

    /// <summary>
    /// Changes an action's pool, or that of all together. What an action does not say of its own follows the pool of all together from then on, too. Nobody
    /// is stopped and nobody leaves a queue: see <see cref="Excess"/> and <see cref="Next"/> afterwards.
    /// </summary>
    /// <returns>What is in force now.</returns>
    public PoolSettings Change(string? action, PoolChange change)
    {
        if (action is not null)
        {
            var pool = PoolOf(action);
            pool.Change(pool.Options.With(change), _top);
            Touch(pool);
            return pool.Settings;
        }

        _topOptions = _topOptions.With(change);
        _top = _topOptions.Resolve(PoolSettings.Unlimited);
        foreach (var (_, pool) in _pools)
        {
            pool.Change(pool.Options, _top);
            Touch(pool);
        }

        return _top;
    }

    /// <summary>
    /// Goes by another configuration; what was changed since the last one is forgotten. As with <see cref="Change"/>, nobody is stopped and nobody leaves a queue, but
    /// those that wait may do so in another order.
    /// </summary>
    public void Replace(PoolPlan plan)
    {
        _options = plan.Actions;
        _topOptions = plan.Top;
        _top = plan.TopSettings;
        foreach (var (action, pool) in _pools)
        {
            pool.Change(OptionsOf(action), _top);
            Touch(pool);
        }
    }

    /// <summary>How many tasks have a place above the limit.</summary>
    public int Excess(string? action)
    {
        var limit = Settings(action).Limit;
        var running = action is null ? _running : _pools.GetValueOrDefault(action)?.Running ?? 0;
        return limit == 0 ? 0 : Math.Max(0, running - limit);
    }

    /// <summary>The tasks that have a place, in no order. A copy.</summary>
    public IReadOnlyList<T> Holders(string? action) => [.. Select(action).SelectMany(pool => pool.Holders).Select(ticket => ticket.Task)];

    /// <summary>
    /// The tasks that wait. A copy. Those of one action in the order in which they start. Those of all in turns: the first of each action, the action whose
    /// turn it is first, then the second of each, and so on, which is the order in which they start when only the limit of all together holds them back.
    /// </summary>
    public IReadOnlyList<PoolTicket<T>> Waiting(string? action)
    {
        List<List<PoolTicket<T>>> queues = [.. Select(action).Where(pool => pool.Waiting > 0).Order(TurnOrder<T>.Instance).Select(pool => pool.InOrder())];
        if (queues.Count == 1) return queues[0];
        var all = new List<PoolTicket<T>>(_waiting);
        for (var round = 0; queues.Count > 0; round++)
        {
            foreach (var queue in queues) all.Add(queue[round]);
            queues.RemoveAll(queue => queue.Count == round + 1);
        }

        return all;
    }

    /// <summary>A pool as it is now, with those that wait in the order of <see cref="Waiting"/>.</summary>
    public PoolStatus Status(string? action) => new()
    {
        Action = action,
        Settings = Settings(action),
        Running = action is null ? _running : _pools.GetValueOrDefault(action)?.Running ?? 0,
        QueueDepth = action is null ? _waiting : _pools.GetValueOrDefault(action)?.Waiting ?? 0,
        Items = [.. Waiting(action).Select((ticket, position) => new PoolQueueItem(ticket.TaskId, ticket.Action, ticket.QueuedAt, position, ticket.Forced))],
    };

    private IEnumerable<ActionPool<T>> Select(string? action)
    {
        if (action is null) return _pools.Select(pair => pair.Value);
        return _pools.GetValueOrDefault(action) is { } pool ? [pool] : [];
    }

    private PoolOptions OptionsOf(string action) => _options.GetValueOrDefault(action) ?? PoolOptions.Empty;

    private ActionPool<T> PoolOf(string action)
    {
        if (_pools.TryGetValue(action, out var pool)) return pool;
        pool = new ActionPool<T>(action, _pools.Count, OptionsOf(action), _top);
        _pools[action] = pool;
        return pool;
    }

    /// <summary>Sees to it that it is among those whose turn it may be exactly when somebody waits who has room.</summary>
    private void Touch(ActionPool<T> pool)
    {
        var mayStart = pool.Waiting > 0 && pool.HasRoom;
        if (mayStart == pool.HasTurn) return;
        if (mayStart) _turns.Add(pool);
        else _turns.Remove(pool);
        pool.HasTurn = mayStart;
    }

    /// <summary>Takes it from among them, as its place in their order is about to change.</summary>
    private void Untouch(ActionPool<T> pool)
    {
        if (pool.HasTurn) _turns.Remove(pool);
        pool.HasTurn = false;
    }
}
