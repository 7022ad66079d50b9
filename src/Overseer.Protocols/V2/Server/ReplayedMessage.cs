using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>A replay is complete.</summary>
public sealed record ReplayedMessage : ServerMessage
{
    private static readonly RequiredField<ReplayedMessage, string> TaskIdField = new("task_id", WireTypes.TaskIdText, m => m.TaskId, "The task.");
    private static readonly RequiredField<ReplayedMessage, long> CountField =
        new("count", WireTypes.LongCount, m => m.Count, "How many events were sent.");
    private static readonly RequiredField<ReplayedMessage, string> IdField = new("id", WireTypes.Text, m => m.Id, "The id of the request.");

    internal static readonly MessageDefinition<ServerMessage> Schema = Define<ReplayedMessage>(
        "replayed", MessageDelivery.Direct, "A replay is complete.",
        [TaskIdField, CountField, IdField],
        f => new ReplayedMessage
        {
            TaskId = f.Get(TaskIdField),
            Count = f.Get(CountField),
            Id = f.Get(IdField),
        });

    /// <summary>The task.</summary>
    public required string TaskId { get; init; }

    /// <summary>How many events were sent.</summary>
    public required long Count { get; init; }

    /// <summary>The id of the request.</summary>
    public required string Id { get; init; }

    internal override MessageDefinition<ServerMessage> Definition => Schema;
}
