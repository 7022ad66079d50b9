using Overseer.Core.Pools;
using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>A change of what becomes of running tasks above a lowered limit; what is left out stays as it is.</summary>
public sealed record ExcessChange
{
    private static readonly OptionalValueField<ExcessChange, ExcessAction> ActionField =
        new("action", PoolTypes.ExcessAction, m => m.Action, "Whether they are stopped or put back into the queue.");
    private static readonly OptionalValueField<ExcessChange, QueueOrder> OrderField =
        new("order", PoolTypes.KillOrder, m => m.Order, "Whom it hits: the longest running first, or the latest.");
    private static readonly OptionalValueField<ExcessChange, int> GraceField =
        new("grace", WireTypes.Count, m => m.Grace, "How many seconds they get to end.");

    internal static readonly ObjectType<ExcessChange> Schema = new(
        "ExcessChange", "A change of what becomes of running tasks above a lowered limit; what is left out stays as it is.",
        [ActionField, OrderField, GraceField],
        f => new ExcessChange
        {
            Action = f.Get(ActionField),
            Order = f.Get(OrderField),
            Grace = f.Get(GraceField),
        });

    /// <summary>Whether they are stopped or put back into the queue.</summary>
    public ExcessAction? Action { get; init; }

    /// <summary>Whom it hits: the longest running first, or the latest.</summary>
    public QueueOrder? Order { get; init; }

    /// <summary>How many seconds they get to end.</summary>
    public int? Grace { get; init; }
}
