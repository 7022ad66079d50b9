using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Asks how full a pool is.</summary>
/// <param name="Id"><inheritdoc cref="ClientMessage(string)" path="/param[@name='Id']"/></param>
public sealed record PoolInfoMessage(string Id) : ClientMessage(Id)
{
    private static readonly RequiredField<PoolInfoMessage, string> RequestId = IdField<PoolInfoMessage>();
    private static readonly OptionalField<PoolInfoMessage, string> ActionField =
        new("action", WireTypes.Identifier, m => m.Action, "The pool of this action; without it, the pool of all tasks together.");

    internal static readonly MessageDefinition<ClientMessage> Schema = Define<PoolInfoMessage>(
        "pool_info", "Asks for the limit, the running tasks and the queue of a pool.",
        [RequestId, ActionField],
        f => new PoolInfoMessage(f.Get(RequestId))
        {
            Action = f.Get(ActionField),
        });

    /// <summary>The pool of this action; without it, the pool of all tasks together.</summary>
    public string? Action { get; init; }

    internal override MessageDefinition<ClientMessage> Definition => Schema;
}
