using Overseer.Core.Pools;
using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>How tasks wait for room in a pool.</summary>
public sealed record QueueConfig
{
    private static readonly RequiredField<QueueConfig, bool> EnabledField =
        new("enabled", WireTypes.Boolean, m => m.Enabled, "Whether tasks may wait at all.");
    private static readonly RequiredField<QueueConfig, int> SizeField =
        new("size", WireTypes.Count, m => m.Size, "How many may wait; 0 for any number.");
    private static readonly RequiredField<QueueConfig, QueueOrder> OrderField =
        new("order", PoolTypes.QueueOrder, m => m.Order, "Who goes first: the one that waits longest, or the latest.");
    private static readonly RequiredField<QueueConfig, int> MaxAgeField =
        new("max_age", WireTypes.Count, m => m.MaxAge, "After how many seconds a waiting task is given up; 0 for never.");
    private static readonly RequiredField<QueueConfig, DisplacePolicy> DisplaceField =
        new("displace", PoolTypes.DisplacePolicy, m => m.Displace, "Whether a full queue lets its oldest task go for a new one.");

    internal static readonly ObjectType<QueueConfig> Schema = new(
        "QueueConfig", "How tasks wait for room in a pool.",
        [EnabledField, SizeField, OrderField, MaxAgeField, DisplaceField],
        f => new QueueConfig
        {
            Enabled = f.Get(EnabledField),
            Size = f.Get(SizeField),
            Order = f.Get(OrderField),
            MaxAge = f.Get(MaxAgeField),
            Displace = f.Get(DisplaceField),
        });

    /// <summary>Whether tasks may wait at all.</summary>
    public required bool Enabled { get; init; }

    /// <summary>How many may wait; 0 for any number.</summary>
    public required int Size { get; init; }

    /// <summary>Who goes first: the one that waits longest, or the latest.</summary>
    public required QueueOrder Order { get; init; }

    /// <summary>After how many seconds a waiting task is given up; 0 for never.</summary>
    public required int MaxAge { get; init; }

    /// <summary>Whether a full queue lets its oldest task go for a new one.</summary>
    public required DisplacePolicy Displace { get; init; }
}
