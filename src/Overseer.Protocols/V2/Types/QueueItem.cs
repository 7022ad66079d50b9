using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>A task that waits for room in a pool.</summary>
public sealed record QueueItem
{
    private static readonly RequiredField<QueueItem, string> TaskIdField = new("task_id", WireTypes.TaskIdText, m => m.TaskId, "The task.");
    private static readonly RequiredField<QueueItem, string> ActionField = new("action", WireTypes.Text, m => m.Action, "Its action.");
    private static readonly RequiredField<QueueItem, DateTimeOffset> QueuedAtField =
        new("queued_at", WireTypes.Timestamp, m => m.QueuedAt, "Since when it waits.");
    private static readonly RequiredField<QueueItem, int> PositionField =
        new("position", WireTypes.Count, m => m.Position, "Its place, counted from 0.");
    private static readonly RequiredField<QueueItem, bool> ForcedField =
        new("forced", WireTypes.Boolean, m => m.Forced, "Whether it was started with force: nothing displaces it.");

    internal static readonly ObjectType<QueueItem> Schema = new(
        "QueueItem", "A task that waits for room in a pool.",
        [TaskIdField, ActionField, QueuedAtField, PositionField, ForcedField],
        f => new QueueItem
        {
            TaskId = f.Get(TaskIdField),
            Action = f.Get(ActionField),
            QueuedAt = f.Get(QueuedAtField),
            Position = f.Get(PositionField),
            Forced = f.Get(ForcedField),
        });

    /// <summary>The task.</summary>
    public required string TaskId { get; init; }

    /// <summary>Its action.</summary>
    public required string Action { get; init; }

    /// <summary>Since when it waits.</summary>
    public required DateTimeOffset QueuedAt { get; init; }

    /// <summary>Its place, counted from 0.</summary>
    public required int Position { get; init; }

    /// <summary>Whether it was started with force: nothing displaces it.</summary>
    public required bool Forced { get; init; }
}
