using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Asks for the sessions of containers that report to the hub.</summary>
/// <param name="Id"><inheritdoc cref="ClientMessage(string)" path="/param[@name='Id']"/></param>
public sealed record SessionsMessage(string Id) : ClientMessage(Id)
{
    private static readonly RequiredField<SessionsMessage, string> RequestId = IdField<SessionsMessage>();
    private static readonly OptionalField<SessionsMessage, string> TaskIdField =
        new("task_id", WireTypes.TaskIdentifier, m => m.TaskId, "Only this session, open or ended.");
    private static readonly OptionalValueField<SessionsMessage, bool> AllField =
        new("all", WireTypes.Boolean, m => m.All ? true : null, "Also those that have ended.") { Default = "false" };

    internal static readonly MessageDefinition<ClientMessage> Schema = Define<SessionsMessage>(
        "sessions", "Asks for the containers that report to the hub.",
        [RequestId, TaskIdField, AllField],
        f => new SessionsMessage(f.Get(RequestId))
        {
            TaskId = f.Get(TaskIdField),
            All = f.Get(AllField) ?? false,
        });

    /// <summary>Only this session, open or ended.</summary>
    public string? TaskId { get; init; }

    /// <summary>Also those that have ended. Default false.</summary>
    public bool All { get; init; }

    internal override MessageDefinition<ClientMessage> Definition => Schema;
}
