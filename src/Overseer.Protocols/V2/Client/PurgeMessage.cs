using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Empties a queue.</summary>
/// <param name="Id"><inheritdoc cref="ClientMessage(string)" path="/param[@name='Id']"/></param>
public sealed record PurgeMessage(string Id) : ClientMessage(Id)
{
    private static readonly RequiredField<PurgeMessage, string> RequestId = IdField<PurgeMessage>();
    private static readonly OptionalField<PurgeMessage, string> ActionField =
        new("action", WireTypes.Identifier, m => m.Action, "Only tasks of this action.");

    internal static readonly MessageDefinition<ClientMessage> Schema = Define<PurgeMessage>(
        "purge", "Takes every waiting task out of its queue.",
        [RequestId, ActionField],
        f => new PurgeMessage(f.Get(RequestId))
        {
            Action = f.Get(ActionField),
        });

    /// <summary>Only tasks of this action.</summary>
    public string? Action { get; init; }

    internal override MessageDefinition<ClientMessage> Definition => Schema;
}
