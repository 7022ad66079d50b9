using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>A task is forgotten.</summary>
public sealed record ForgottenMessage : ServerMessage
{
    private static readonly RequiredField<ForgottenMessage, string> TaskIdField = new("task_id", WireTypes.TaskIdText, m => m.TaskId, "The task.");
    private static readonly RequiredField<ForgottenMessage, string> IdField = new("id", WireTypes.Text, m => m.Id, "The id of the request.");

    internal static readonly MessageDefinition<ServerMessage> Schema = Define<ForgottenMessage>(
        "forgotten", MessageDelivery.Direct, "A task is known no more.",
        [TaskIdField, IdField],
        f => new ForgottenMessage
        {
            TaskId = f.Get(TaskIdField),
            Id = f.Get(IdField),
        });

    /// <summary>The task.</summary>
    public required string TaskId { get; init; }

    /// <summary>The id of the request.</summary>
    public required string Id { get; init; }

    internal override MessageDefinition<ServerMessage> Definition => Schema;
}
