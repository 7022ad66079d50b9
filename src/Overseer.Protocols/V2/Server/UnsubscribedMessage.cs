using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>A subscription has ended.</summary>
public sealed record UnsubscribedMessage : ServerMessage
{
    private static readonly OptionalField<UnsubscribedMessage, string> TaskIdField = new("task_id", WireTypes.TaskIdText, m => m.TaskId, "The task.");
    private static readonly OptionalField<UnsubscribedMessage, string> TagField = new("tag", WireTypes.Text, m => m.Tag, "The tag.");
    private static readonly OptionalField<UnsubscribedMessage, string> GroupField = new("group", WireTypes.Text, m => m.Group, "The group.");
    private static readonly OptionalValueField<UnsubscribedMessage, bool> LifecycleField =
        new("lifecycle", WireTypes.Boolean, m => m.Lifecycle ? true : null, "What happens to all tasks.");
    private static readonly RequiredField<UnsubscribedMessage, string> IdField = new("id", WireTypes.Text, m => m.Id, "The id of the request.");

    internal static readonly MessageDefinition<ServerMessage> Schema = Define<UnsubscribedMessage>(
        "unsubscribed", MessageDelivery.Direct, "A subscription has ended: no event of it comes after this.",
        [TaskIdField, TagField, GroupField, LifecycleField, IdField],
        f => new UnsubscribedMessage
        {
            TaskId = f.Get(TaskIdField),
            Tag = f.Get(TagField),
            Group = f.Get(GroupField),
            Lifecycle = f.Get(LifecycleField) ?? false,
            Id = f.Get(IdField),
        });

    /// <summary>The task.</summary>
    public string? TaskId { get; init; }

    /// <summary>The tag.</summary>
    public string? Tag { get; init; }

    /// <summary>The group.</summary>
    public string? Group { get; init; }

    /// <summary>What happens to all tasks.</summary>
    public bool Lifecycle { get; init; }

    /// <summary>The id of the request.</summary>
    public required string Id { get; init; }

    internal override MessageDefinition<ServerMessage> Definition => Schema;
}
