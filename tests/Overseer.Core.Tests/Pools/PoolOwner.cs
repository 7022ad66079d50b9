using Overseer.Core.Pools;

namespace Overseer.Core.Tests.Pools;

/// <summary>A table of named tasks, with an owner that does what an engine would: asks, starts, queues, and starts what is next.</summary>
internal sealed class PoolOwner(PoolPlan plan)
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    public PoolTable<string> Table { get; } = new(plan);

    public Dictionary<string, PoolTicket<string>> Tickets { get; } = [];

    /// <summary>What was started, in order.</summary>
    public List<string> Starts { get; } = [];

    public static PoolOwner Of(PoolOptions? top = null, params (string Action, PoolOptions Options)[] actions) =>
        new(new PoolPlan { Top = top ?? PoolOptions.Empty, Actions = actions.ToDictionary(a => a.Action, a => a.Options) });

    /// <summary>A start of a task, whose action is the letter its name begins with.</summary>
    /// <returns>"started", its position, or "rejected".</returns>
    public string Start(string task, bool forced = false)
    {
        var ticket = new PoolTicket<string>(task, task, task[..1]);
        switch (Table.Ask(ticket.Action, forced))
        {
            case Admission<string>.Admit:
                Tickets[task] = ticket;
                Enter(ticket);
                return "started";
            case Admission<string>.QueueDisplacing { Displaced: var displaced }:
                Assert.True(Table.Remove(displaced));
                return $"{Queue(ticket, forced)} for {displaced.Task}";
            case Admission<string>.Queue:
                return Queue(ticket, forced);
            default:
                return "rejected";
        }
    }

    public void Start(params ReadOnlySpan<string> tasks)
    {
        foreach (var task in tasks) Start(task);
    }

    /// <summary>A task ends; who is next starts.</summary>
    public void End(string task)
    {
        Assert.True(Table.Leave(Tickets[task]));
        Dispatch();
    }

    /// <summary>A task that has run for this long goes back to its queue.</summary>
    public int Requeue(string task, int seconds)
    {
        Assert.True(Table.Leave(Tickets[task]));
        return Table.Enqueue(Tickets[task], Noon, false, PoolTable<string>.FrontPlace(Noon - TimeSpan.FromSeconds(seconds)));
    }

    public void Dispatch()
    {
        while (Table.Next is { } next) Enter(next);
    }

    public IEnumerable<string> Waiting(string? action = null) => Table.Waiting(action).Select(ticket => ticket.Task);

    private string Queue(PoolTicket<string> ticket, bool forced)
    {
        Tickets[ticket.Task] = ticket;
        return $"{Table.Enqueue(ticket, Noon, forced, Table.NextPlace)}";
    }

    private void Enter(PoolTicket<string> ticket)
    {
        Table.Enter(ticket);
        Starts.Add(ticket.Task);
    }
}
