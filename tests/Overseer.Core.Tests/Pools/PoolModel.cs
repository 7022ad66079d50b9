using Overseer.Core.Pools;

namespace Overseer.Core.Tests.Pools;

/// <summary>Plays a history against a table and against plain lists, and compares everything after every step.</summary>
internal sealed class PoolModel
{
    public static readonly string[] Actions = ["a", "b", "c", "d"];

    private static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    private readonly Dictionary<string, PoolOptions> _options;
    private readonly List<Waiter> _waiting = [];
    private readonly List<(Waiter Task, int Since)> _holding = [];
    private readonly Dictionary<string, int> _passedOver = [];
    private PoolPlan _plan;
    private PoolTable<Waiter> _table;
    private int _tasks;
    private int _steps;

    public PoolModel(PoolPlan plan)
    {
        _plan = plan;
        _table = new PoolTable<Waiter>(plan);
        _options = plan.Actions.ToDictionary();
    }

    public void Play(IEnumerable<(string What, string Action, int Pick)> history)
    {
        foreach (var (what, action, pick) in history)
        {
            _steps++;
            Step(what, action, pick);
            Dispatch();
            Compare();
        }
    }

    private void Step(string what, string action, int pick)
    {
        switch (what)
        {
            case "start": Start(action, false); break;
            case "force": Start(action, true); break;
            case "leave": Leave(pick); break;
            case "leave-many":
                // Several places come free before anybody is let in.
                for (var i = 0; i < 3; i++) Leave(pick / (i + 1));
                break;
            case "remove" when _waiting.Count > 0: Remove(_waiting[pick % _waiting.Count]); break;
            case "requeue" when _holding.Count > 0: Requeue(pick); break;
            case "beyond": Hold(new Waiter(++_tasks, action)); break;
            case "beyond-waiting" when _waiting.Count > 0: Hold(_waiting[pick % _waiting.Count]); break;
            case "purge":
                foreach (var ticket in _table.Waiting(pick % 2 == 0 ? action : null)) Remove(ticket.Task);
                Assert.Empty(_table.Waiting(action));
                break;
            case "limit": Change(action, new PoolChange { Limit = pick % 4 }); break;
            case "top-limit": Change(null, new PoolChange { Limit = pick % 7 }); break;
            case "queue-size": Change(action, new PoolChange { QueueSize = pick % 4 }); break;
            case "top-queue-size": Change(null, new PoolChange { QueueSize = pick % 4 }); break;
            case "server": Restart(pick); break;
        }
    }

    private void Start(string action, bool forced)
    {
        var settings = Settings(action);
        var queue = Line(action);
        var hasRoom = HasRoom(null) && HasRoom(action);
        if (hasRoom) Assert.Empty(queue);
        var full = settings.QueueSize > 0 && queue.Count >= settings.QueueSize;
        var mayDisplace = settings.Displace == DisplacePolicy.Allowed || (settings.Displace == DisplacePolicy.OnlyForced && forced);
        // Those that never ran, by age, before those that did.
        var displaced = queue.Where(w => !w.Ticket.Forced).OrderBy(w => w.RanBefore).ThenBy(w => w.Ticket.Place).FirstOrDefault();

        var task = new Waiter(++_tasks, action);
        switch (_table.Ask(action, forced))
        {
            case Admission<Waiter>.Admit:
                Assert.True(hasRoom);
                Hold(task);
                break;
            case Admission<Waiter>.Queue:
                Assert.True(!hasRoom && settings.QueueEnabled && !full);
                Enqueue(task, forced, _table.NextPlace);
                break;
            case Admission<Waiter>.QueueDisplacing { Displaced: var ticket }:
                Assert.True(!hasRoom && settings.QueueEnabled && full && mayDisplace);
                Assert.Same(displaced, ticket.Task);
                Remove(ticket.Task);
                Enqueue(task, forced, _table.NextPlace);
                break;
            default:
                Assert.True(!hasRoom && (!settings.QueueEnabled || (full && (!mayDisplace || displaced is null))));
                break;
        }
    }

    private void Leave(int pick)
    {
        if (_holding.Count == 0) return;
        var (task, _) = _holding[pick % _holding.Count];
        Assert.True(_table.Leave(task.Ticket));
        _holding.RemoveAt(pick % _holding.Count);
    }

    private void Remove(Waiter task)
    {
        Assert.True(_table.Remove(task.Ticket));
        Assert.True(_waiting.Remove(task), "only who waits leaves the queue");
    }

    private void Requeue(int pick)
    {
        var (task, since) = _holding[pick % _holding.Count];
        Leave(pick);
        task.RanBefore = true;
        Enqueue(task, pick % 3 == 0, PoolTable<Waiter>.FrontPlace(Noon.AddSeconds(since)));
    }

    private void Hold(Waiter task)
    {
        _table.Enter(task.Ticket);
        _waiting.Remove(task);
        Assert.DoesNotContain(_holding, h => h.Task == task);
        _holding.Add((task, _steps));
        _passedOver[task.Action] = 0;
    }

    private void Enqueue(Waiter task, bool forced, long place)
    {
        var position = _table.Enqueue(task.Ticket, Noon, forced, place);
        task.Arrival = ++_tasks;
        _waiting.Add(task);
        Assert.Equal(Line(task.Action).IndexOf(task) + 1, position);
    }

    private void Change(string? action, PoolChange change)
    {
        if (action is null) _plan = _plan with { Top = _plan.Top.With(change) };
        else _options[action] = (_options.GetValueOrDefault(action) ?? PoolOptions.Empty).With(change);
        Assert.Equal(Settings(action), _table.Change(action, change));
    }

    /// <summary>Another server takes up who runs and who waits, in any order, with the configuration as it is now.</summary>
    private void Restart(int pick)
    {
        _table = new PoolTable<Waiter>(_plan with { Actions = _options.ToDictionary() });
        var line = Actions.SelectMany(Line).ToList();
        foreach (var (task, _) in _holding)
        {
            task.Renew();
            _table.Enter(task.Ticket);
        }

        foreach (var task in pick % 2 == 0 ? line.AsEnumerable().Reverse() : line)
        {
            var old = task.Ticket;
            task.Renew();
            task.Arrival = ++_tasks;
            _table.Enqueue(task.Ticket, old.QueuedAt, old.Forced, old.Place);
        }

        _passedOver.Clear();
    }

    private void Dispatch()
    {
        while (_table.Next is { } next)
        {
            Assert.True(HasRoom(null), "nobody starts above the limit of all together");
            Assert.True(HasRoom(next.Action), "nobody starts above the limit of the action");
            Assert.Same(Line(next.Action)[0], next.Task);
            foreach (var action in Actions)
            {
                var passedOver = action != next.Action && HasRoom(action) && Line(action).Count > 0;
                _passedOver[action] = passedOver ? _passedOver.GetValueOrDefault(action) + 1 : 0;
                Assert.True(_passedOver[action] < Actions.Length, $"{action} was passed over {_passedOver[action]} times");
            }

            Hold(next.Task);
        }

        Assert.True(!HasRoom(null) || !Actions.Any(action => HasRoom(action) && Line(action).Count > 0), "nobody waits who could run");
    }

    private void Compare()
    {
        foreach (var action in Actions)
        {
            var (status, line) = (_table.Status(action), Line(action));
            Assert.Equal(line.Select(w => w.Ticket.TaskId), status.Items.Select(item => item.TaskId));
            Assert.Equal(Enumerable.Range(0, line.Count), status.Items.Select(item => item.Position));
            Assert.Equal((line.Count, Running(action), Settings(action)), (status.QueueDepth, status.Running, status.Settings));
            Assert.Equal(Excess(action), _table.Excess(action));
            Assert.Equal(_holding.Select(h => h.Task).Where(t => t.Action == action).OrderBy(t => t.Number), _table.Holders(action).OrderBy(t => t.Number));
        }

        var all = _table.Status(null);
        Assert.Equal(_waiting.Select(w => w.Ticket.TaskId).Order(), all.Items.Select(item => item.TaskId).Order());
        Assert.Equal((_waiting.Count, _holding.Count, Settings(null)), (all.QueueDepth, all.Running, all.Settings));
        Assert.Equal(Excess(null), _table.Excess(null));
        Assert.Equal((_holding.Count, _waiting.Count), (_table.Loads.Sum(load => load.Running), _table.Loads.Sum(load => load.Waiting)));
    }

    private PoolSettings Settings(string? action)
    {
        var top = _plan.Top.Resolve(PoolSettings.Unlimited);
        return action is null ? top : (_options.GetValueOrDefault(action) ?? PoolOptions.Empty).Resolve(top);
    }

    private int Running(string? action) => _holding.Count(h => action is null || h.Task.Action == action);

    private bool HasRoom(string? action) => Settings(action).Limit == 0 || Running(action) < Settings(action).Limit;

    private int Excess(string? action) => Settings(action).Limit == 0 ? 0 : Math.Max(0, Running(action) - Settings(action).Limit);

    private List<Waiter> Line(string action)
    {
        var mine = _waiting.Where(w => w.Action == action).ToList();
        var fresh = mine.Where(w => !w.RanBefore).OrderBy(w => w.Ticket.Place);
        return
        [
            .. mine.Where(w => w.RanBefore).OrderBy(w => w.Ticket.Place).ThenBy(w => w.Arrival),
            .. Settings(action).QueueOrder == QueueOrder.First ? fresh : fresh.Reverse(),
        ];
    }

    private sealed class Waiter
    {
        public Waiter(int number, string action)
        {
            (Number, Action) = (number, action);
            Renew();
        }

        public int Number { get; }

        public string Action { get; }

        public PoolTicket<Waiter> Ticket { get; private set; } = null!;

        public bool RanBefore { get; set; }

        public int Arrival { get; set; }

        public void Renew() => Ticket = new PoolTicket<Waiter>(this, $"{Number}", Action);
    }
}
