using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>What a client asks. A closed hierarchy, each message immutable.</summary>
/// <param name="Id">Chosen by the client, echoed in the direct answer, never empty.</param>
public abstract record ClientMessage(string Id)
{
    internal abstract MessageDefinition<ClientMessage> Definition { get; }

    private protected static RequiredField<T, string> IdField<T>()
        where T : ClientMessage => new("id", WireTypes.Identifier, m => m.Id, "Chosen by the client; the direct answer carries it.");

    private protected static MessageDefinition<ClientMessage> Define<T>(
        string name, string description, Field<T>[] fields, Func<FieldValues, T> create, Func<T, string?>? check = null)
        where T : ClientMessage => new MessageDefinition<ClientMessage, T>(
            new ObjectType<T>(name, description, fields, create, check), MessageDirection.ClientToServer, MessageDelivery.Direct);
}
