using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>What a server says: an answer or an event. A closed hierarchy, each message immutable.</summary>
public abstract record ServerMessage
{
    internal abstract MessageDefinition<ServerMessage> Definition { get; }

    /// <summary>About how many bytes it is written in, where that is known and much; else 0.</summary>
    internal virtual int SizeHint => 0;

    private protected static MessageDefinition<ServerMessage> Define<T>(
        string name, MessageDelivery delivery, string description, Field<T>[] fields, Func<FieldValues, T> create)
        where T : ServerMessage => new MessageDefinition<ServerMessage, T>(
            new ObjectType<T>(name, description, fields, create), MessageDirection.ServerToClient, delivery);
}
