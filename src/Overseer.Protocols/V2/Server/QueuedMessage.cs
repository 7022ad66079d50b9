using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>A task waits for room in a pool.</summary>
public sealed record QueuedMessage : ServerMessage
{
    private static readonly RequiredField<QueuedMessage, string> TaskIdField = new("task_id", WireTypes.TaskIdText, m => m.TaskId, "The task.");
    private static readonly RequiredField<QueuedMessage, string> ActionField = new("action", WireTypes.Text, m => m.Action, "Its action.");
    private static readonly RequiredField<QueuedMessage, int> PositionField =
        new("position", WireTypes.Integer, m => m.Position, "Its place in the queue, counted from 1.");
    private static readonly RequiredField<QueuedMessage, DateTimeOffset> TsField = new("ts", WireTypes.Timestamp, m => m.Ts, "When it happened.");
    private static readonly RequiredField<QueuedMessage, string> IdField =
        new("id", WireTypes.Text, m => m.Id, "The id of the start for its sender, empty for everybody else.");

    internal static readonly MessageDefinition<ServerMessage> Schema = Define<QueuedMessage>(
        "queued", MessageDelivery.Direct | MessageDelivery.Broadcast, "A task waits for room in a pool.",
        [TaskIdField, ActionField, PositionField, TsField, IdField],
        f => new QueuedMessage
        {
            TaskId = f.Get(TaskIdField),
            Action = f.Get(ActionField),
            Position = f.Get(PositionField),
            Ts = f.Get(TsField),
            Id = f.Get(IdField),
        });

    /// <summary>The task.</summary>
    public required string TaskId { get; init; }

    /// <summary>Its action.</summary>
    public required string Action { get; init; }

    /// <summary>Its place in the queue, counted from 1.</summary>
    public required int Position { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset Ts { get; init; }

    /// <summary>The id of the start for its sender, empty for everybody else.</summary>
    public required string Id { get; init; }

    internal override MessageDefinition<ServerMessage> Definition => Schema;
}
