using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>A pool was changed.</summary>
public sealed record PoolUpdatedMessage : ServerMessage
{
    private static readonly OptionalField<PoolUpdatedMessage, string> ActionField =
        new("action", WireTypes.Text, m => m.Action, "The action whose pool it is; absent for the pool of all tasks together.");
    private static readonly RequiredField<PoolUpdatedMessage, PoolInfo> PoolField =
        new("pool", PoolInfo.Schema, m => m.Pool, "The pool after the change.");

    internal static readonly MessageDefinition<ServerMessage> Schema = Define<PoolUpdatedMessage>(
        "pool_updated", MessageDelivery.Broadcast, "A pool was changed by set_pool.",
        [ActionField, PoolField],
        f => new PoolUpdatedMessage
        {
            Action = f.Get(ActionField),
            Pool = f.Get(PoolField),
        });

    /// <summary>The action whose pool it is; absent for the pool of all tasks together.</summary>
    public string? Action { get; init; }

    /// <summary>The pool after the change.</summary>
    public required PoolInfo Pool { get; init; }

    internal override MessageDefinition<ServerMessage> Definition => Schema;
}
