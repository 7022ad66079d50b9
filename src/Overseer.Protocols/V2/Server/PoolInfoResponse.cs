using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>A pool, as asked for or as changed.</summary>
public sealed record PoolInfoResponse : ServerMessage
{
    private static readonly OptionalField<PoolInfoResponse, string> ActionField =
        new("action", WireTypes.Text, m => m.Action, "The action whose pool it is; absent for the pool of all tasks together.");
    private static readonly RequiredField<PoolInfoResponse, PoolInfo> PoolField = new("pool", PoolInfo.Schema, m => m.Pool, "The pool.");
    private static readonly RequiredField<PoolInfoResponse, string> IdField = new("id", WireTypes.Text, m => m.Id, "The id of the request.");

    internal static readonly MessageDefinition<ServerMessage> Schema = Define<PoolInfoResponse>(
        "pool_info", MessageDelivery.Direct, "A pool at this moment: the answer to pool_info and set_pool.",
        [ActionField, PoolField, IdField],
        f => new PoolInfoResponse
        {
            Action = f.Get(ActionField),
            Pool = f.Get(PoolField),
            Id = f.Get(IdField),
        });

    /// <summary>The action whose pool it is; absent for the pool of all tasks together.</summary>
    public string? Action { get; init; }

    /// <summary>The pool.</summary>
    public required PoolInfo Pool { get; init; }

    /// <summary>The id of the request.</summary>
    public required string Id { get; init; }

    internal override MessageDefinition<ServerMessage> Definition => Schema;
}
