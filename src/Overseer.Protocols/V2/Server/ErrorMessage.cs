using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>A request was refused or failed; the connection stays open.</summary>
public sealed record ErrorMessage : ServerMessage
{
    private static readonly RequiredField<ErrorMessage, string> IdField =
        new("id", WireTypes.Text, m => m.Id, "The id of the request; empty when it could not be read.");
    private static readonly RequiredField<ErrorMessage, string> MessageField = new("message", WireTypes.Text, m => m.Message, "What is wrong.");
    private static readonly OptionalField<ErrorMessage, string> ExistingTaskIdField =
        new("existing_task_id", WireTypes.TaskIdText, m => m.ExistingTaskId, "The task that stands in the way.");

    internal static readonly MessageDefinition<ServerMessage> Schema = Define<ErrorMessage>(
        "error", MessageDelivery.Direct, "A request was refused or failed; the connection stays open.",
        [IdField, MessageField, ExistingTaskIdField],
        f => new ErrorMessage
        {
            Id = f.Get(IdField),
            Message = f.Get(MessageField),
            ExistingTaskId = f.Get(ExistingTaskIdField),
        });

    /// <summary>The id of the request; empty when it could not be read.</summary>
    public required string Id { get; init; }

    /// <summary>What is wrong.</summary>
    public required string Message { get; init; }

    /// <summary>The task that stands in the way.</summary>
    public string? ExistingTaskId { get; init; }

    internal override MessageDefinition<ServerMessage> Definition => Schema;
}
