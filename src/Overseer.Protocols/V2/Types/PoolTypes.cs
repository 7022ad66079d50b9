using Overseer.Core.Pools;
using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>How the settings of pools look on the wire.</summary>
internal static class PoolTypes
{
    public static ChoiceType<QueueOrder> QueueOrder { get; } = new(
        "QueueOrder", "Who of those that wait is next: the one that waits longest, or the latest.",
        ("first", Core.Pools.QueueOrder.First), ("last", Core.Pools.QueueOrder.Last));

    public static ChoiceType<QueueOrder> KillOrder { get; } = new(
        "KillOrder", "Who of those that run is hit first: the one that runs longest, or the latest.",
        ("first", Core.Pools.QueueOrder.First), ("last", Core.Pools.QueueOrder.Last));

    public static ChoiceType<ExcessAction> ExcessAction { get; } = new(
        "ExcessAction", "What becomes of running tasks above a lowered limit: they are stopped, or stopped and queued again.",
        ("stop", Core.Pools.ExcessAction.Stop), ("requeue", Core.Pools.ExcessAction.Requeue));

    public static ChoiceType<DisplacePolicy> DisplacePolicy { get; } = new(
        "DisplacePolicy", "For whom a full queue lets its oldest unforced task go: for every start, for forced ones, for none.",
        ("true", Core.Pools.DisplacePolicy.Allowed), ("false", Core.Pools.DisplacePolicy.OnlyForced), ("prohibit", Core.Pools.DisplacePolicy.Prohibited));
}
