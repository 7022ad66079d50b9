using Overseer.Core.Tasks;

namespace Overseer.Core.Pools;

/// <summary>A change to a pool while the server runs; what is unset stays as it is.</summary>
public sealed record PoolChange
{
    /// <summary>Tasks that may run at one time; 0 for any number.</summary>
    public int? Limit { get; init; }

    /// <summary>Tasks that may wait; 0 for no queue. Those that wait already stay.</summary>
    public int? QueueSize { get; init; }

    /// <summary>What becomes of running tasks above a lowered limit.</summary>
    public ExcessAction? ExcessAction { get; init; }

    /// <summary>Whom that hits first.</summary>
    public QueueOrder? ExcessOrder { get; init; }

    /// <summary>What they get between the stop signal and SIGKILL.</summary>
    public TimeSpan? ExcessGrace { get; init; }

    /// <summary>What is wrong with it, by the names of the protocol's fields; unset when it can be applied.</summary>
    internal string? Problem => this switch
    {
        { Limit: < 0 } => "size must not be negative",
        { QueueSize: < 0 } => "queue_size must not be negative",
        { ExcessGrace: { } grace } when grace < TimeSpan.Zero => "excess.grace must not be negative",
        { ExcessGrace: { } grace } when grace > StopPolicy.MaxGrace => $"excess.grace: at most {StopPolicy.MaxGrace.TotalSeconds} seconds are allowed",
        _ => null,
    };
}
