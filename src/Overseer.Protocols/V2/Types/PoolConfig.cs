using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>How many tasks may run and wait.</summary>
public sealed record PoolConfig
{
    private static readonly RequiredField<PoolConfig, int> LimitField =
        new("limit", WireTypes.Count, m => m.Limit, "How many may run; 0 for any number.");
    private static readonly OptionalField<PoolConfig, QueueConfig> QueueField =
        new("queue", QueueConfig.Schema, m => m.Queue, "How tasks wait; absent when they do not.");
    private static readonly RequiredField<PoolConfig, ExcessConfig> ExcessField =
        new("excess", ExcessConfig.Schema, m => m.Excess, "What becomes of running tasks above a lowered limit.");

    internal static readonly ObjectType<PoolConfig> Schema = new(
        "PoolConfig", "How many tasks may run and wait.",
        [LimitField, QueueField, ExcessField],
        f => new PoolConfig
        {
            Limit = f.Get(LimitField),
            Queue = f.Get(QueueField),
            Excess = f.Get(ExcessField),
        });

    /// <summary>How many may run; 0 for any number.</summary>
    public required int Limit { get; init; }

    /// <summary>How tasks wait; absent when they do not.</summary>
    public QueueConfig? Queue { get; init; }

    /// <summary>What becomes of running tasks above a lowered limit.</summary>
    public required ExcessConfig Excess { get; init; }
}
