using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Every message of the protocol. A new message is its record, which holds its definition, and one line here.</summary>
internal static class ProtocolCatalog
{
    public static MessageSet<ClientMessage> Client { get; } = new(
        StartMessage.Schema,
        StopMessage.Schema,
        ListMessage.Schema,
        ReplayMessage.Schema,
        SubscribeMessage.Schema,
        UnsubscribeMessage.Schema,
        DescribeMessage.Schema);

    public static MessageSet<ServerMessage> Server { get; } = new(
        StartedMessage.Schema,
        TasksMessage.Schema,
        QueuedMessage.Schema,
        OutputMessage.Schema,
        ExitedMessage.Schema,
        RestartingMessage.Schema,
        ErroredMessage.Schema,
        DequeuedMessage.Schema,
        ActionsMessage.Schema,
        SubscribedMessage.Schema,
        UnsubscribedMessage.Schema,
        ReplayedMessage.Schema,
        GapMessage.Schema,
        LifecycleMessage.Schema,
        ErrorMessage.Schema);
}
