using Overseer.Core.Tasks;
using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>A task left a queue, or its wait for a restart, without being started.</summary>
public sealed record DequeuedMessage : ServerMessage
{
    private static readonly RequiredField<DequeuedMessage, string> TaskIdField = new("task_id", WireTypes.TaskIdText, m => m.TaskId, "The task.");
    private static readonly RequiredField<DequeuedMessage, DequeueReason> ReasonField = new("reason", CoreTypes.DequeueReason, m => m.Reason, "Why.");
    private static readonly RequiredField<DequeuedMessage, DateTimeOffset> TsField = new("ts", WireTypes.Timestamp, m => m.Ts, "When it happened.");

    internal static readonly MessageDefinition<ServerMessage> Schema = Define<DequeuedMessage>(
        "dequeued", MessageDelivery.Broadcast, "A task left a queue, or its wait for a restart, without being started.",
        [TaskIdField, ReasonField, TsField],
        f => new DequeuedMessage
        {
            TaskId = f.Get(TaskIdField),
            Reason = f.Get(ReasonField),
            Ts = f.Get(TsField),
        });

    /// <summary>The task.</summary>
    public required string TaskId { get; init; }

    /// <summary>Why.</summary>
    public required DequeueReason Reason { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset Ts { get; init; }

    internal override MessageDefinition<ServerMessage> Definition => Schema;
}
