using Overseer.Protocols.Classic;
using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Every message of the protocol. A new message is its record, which holds its definition, and one line here.</summary>
internal static class ProtocolCatalog
{
    public static MessageSet<ClientMessage> Client { get; } = new(
        StartMessage.Schema,
        StopMessage.Schema,
        ResetMessage.Schema,
        ListMessage.Schema,
        ReplayMessage.Schema,
        SubscribeMessage.Schema,
        UnsubscribeMessage.Schema,
        DescribeMessage.Schema,
        PoolInfoMessage.Schema,
        SetPoolMessage.Schema,
        PurgeMessage.Schema,
        MetricsMessage.Schema,
        ProcessesMessage.Schema,
        SessionsMessage.Schema,
        ManifestMessage.Schema,
        InputMessage.Schema,
        SignalMessage.Schema,
        AdoptMessage.Schema,
        ForgetMessage.Schema,
        RenameLabelMessage.Schema,
        ReloadMessage.Schema);

    public static MessageSet<ServerMessage> Server { get; } = new(
        StartedMessage.Schema,
        TasksMessage.Schema,
        QueuedMessage.Schema,
        OutputMessage.Schema,
        ExitedMessage.Schema,
        RestartingMessage.Schema,
        ErroredMessage.Schema,
        DequeuedMessage.Schema,
        PoolUpdatedMessage.Schema,
        ActionsMessage.Schema,
        PoolInfoResponse.Schema,
        PurgedMessage.Schema,
        SubscribedMessage.Schema,
        UnsubscribedMessage.Schema,
        ReplayedMessage.Schema,
        GapMessage.Schema,
        LifecycleMessage.Schema,
        MetricsResponse.Schema,
        ProcessesResponse.Schema,
        SessionsResponse.Schema,
        ManifestResponse.Schema,
        AcceptedMessage.Schema,
        AdoptedMessage.Schema,
        ForgottenMessage.Schema,
        RenamedMessage.Schema,
        ReloadedMessage.Schema,
        ErrorMessage.Schema);

    /// <summary>What servers say to clients of the older profiles.</summary>
    public static MessageSet<ServerMessage> Classic { get; } = new([.. Server.All, WorkersMessage.Schema]);

    /// <summary>The messages of clients, then those of servers.</summary>
    public static IReadOnlyList<MessageDefinition> All { get; } = [.. Client.All, .. Server.All];

    /// <summary>A name that one message alone has: an answer that is named like its request gets <c>_response</c>.</summary>
    public static string KeyOf(MessageDefinition message)
        => message.Direction == MessageDirection.ServerToClient && Client.Find(message.Name) is not null ? message.Name + "_response" : message.Name;
}
