using Overseer.Core.Pools;
using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>How the settings of pools look on the wire.</summary>
internal static class PoolTypes
{
    public static ChoiceType<QueueOrder> QueueOrder { get; } = new("QueueOrder", ("first", Core.Pools.QueueOrder.First), ("last", Core.Pools.QueueOrder.Last));

    public static ChoiceType<QueueOrder> KillOrder { get; } = new("KillOrder", ("first", Core.Pools.QueueOrder.First), ("last", Core.Pools.QueueOrder.Last));

    public static ChoiceType<ExcessAction> ExcessAction { get; } = new(
        "ExcessAction", ("stop", Core.Pools.ExcessAction.Stop), ("requeue", Core.Pools.ExcessAction.Requeue));

    public static ChoiceType<DisplacePolicy> DisplacePolicy { get; } = new(
        "DisplacePolicy",
        ("true", Core.Pools.DisplacePolicy.Allowed), ("false", Core.Pools.DisplacePolicy.OnlyForced), ("prohibit", Core.Pools.DisplacePolicy.Prohibited));
}
