namespace Overseer.Configuration;

/// <summary>
/// A pool, from either way of writing it. Null means not said: an action's pool then takes the queue and excess settings of the top level.
/// </summary>
public sealed record PoolOptions
{
    /// <summary>Tasks that may run at one time; 0 for any number, which is the default.</summary>
    public int? Limit { get; init; }

    /// <summary>Whether tasks above the limit wait.</summary>
    public bool? QueueEnabled { get; init; }

    /// <summary>Tasks that may wait; 0 for any number.</summary>
    public int? QueueSize { get; init; }

    /// <summary>Which waiting task is next: <c>first</c> in or <c>last</c> in.</summary>
    public string? QueueOrder { get; init; }

    /// <summary>How long a task may wait; zero for ever.</summary>
    public TimeSpan? QueueMaxAge { get; init; }

    /// <summary>Whether a new task displaces a waiting one: <c>true</c>, <c>false</c> (only with force) or <c>prohibit</c> (never).</summary>
    public string? Displace { get; init; }

    /// <summary>What happens to running tasks above a lowered limit: <c>stop</c> or <c>requeue</c>.</summary>
    public string? ExcessAction { get; init; }

    /// <summary>Which of them first: <c>first</c> (longest running) or <c>last</c>.</summary>
    public string? ExcessOrder { get; init; }

    /// <summary>How long they are left alone before.</summary>
    public TimeSpan? ExcessGrace { get; init; }
}
