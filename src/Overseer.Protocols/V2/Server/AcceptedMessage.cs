using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Input was taken, or a signal sent.</summary>
public sealed record AcceptedMessage : ServerMessage
{
    private static readonly RequiredField<AcceptedMessage, string> TaskIdField = new("task_id", WireTypes.TaskIdText, m => m.TaskId, "The task.");
    private static readonly RequiredField<AcceptedMessage, string> IdField = new("id", WireTypes.Text, m => m.Id, "The id of the request.");

    internal static readonly MessageDefinition<ServerMessage> Schema = Define<AcceptedMessage>(
        "accepted", MessageDelivery.Direct, "All of the input is in the pipe that the task reads, or the signal was sent.",
        [TaskIdField, IdField],
        f => new AcceptedMessage
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
