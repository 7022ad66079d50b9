using Overseer.Core.Pools;
using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>What becomes of running tasks above a lowered limit.</summary>
public sealed record ExcessConfig
{
    private static readonly RequiredField<ExcessConfig, ExcessAction> ActionField =
        new("action", PoolTypes.ExcessAction, m => m.Action, "Whether they are stopped or put back into the queue.");
    private static readonly RequiredField<ExcessConfig, QueueOrder> OrderField =
        new("order", PoolTypes.KillOrder, m => m.Order, "Whom it hits: the longest running first, or the latest.");
    private static readonly RequiredField<ExcessConfig, int> GraceField =
        new("grace", WireTypes.Count, m => m.Grace, "How many seconds they get to end.");

    internal static readonly ObjectType<ExcessConfig> Schema = new(
        "ExcessConfig", "What becomes of running tasks above a lowered limit.",
        [ActionField, OrderField, GraceField],
        f => new ExcessConfig
        {
            Action = f.Get(ActionField),
            Order = f.Get(OrderField),
            Grace = f.Get(GraceField),
        });

    /// <summary>Whether they are stopped or put back into the queue.</summary>
    public required ExcessAction Action { get; init; }

    /// <summary>Whom it hits: the longest running first, or the latest.</summary>
    public required QueueOrder Order { get; init; }

    /// <summary>How many seconds they get to end.</summary>
    public required int Grace { get; init; }
}
