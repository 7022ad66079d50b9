using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Ends a subscription.</summary>
/// <param name="Id"><inheritdoc cref="ClientMessage(string)" path="/param[@name='Id']"/></param>
public sealed record UnsubscribeMessage(string Id) : ClientMessage(Id)
{
    private static readonly RequiredField<UnsubscribeMessage, string> RequestId = IdField<UnsubscribeMessage>();
    private static readonly OptionalField<UnsubscribeMessage, string> TaskIdField =
        new("task_id", WireTypes.TaskIdentifier, m => m.TaskId, "The task.");
    private static readonly OptionalField<UnsubscribeMessage, string> TagField =
        new("tag", WireTypes.Identifier, m => m.Tag, "The tag, instead of task_id.");
    private static readonly OptionalField<UnsubscribeMessage, string> GroupField =
        new("group", WireTypes.Identifier, m => m.Group, "The group, instead of task_id.");
    private static readonly OptionalValueField<UnsubscribeMessage, bool> LifecycleField =
        new("lifecycle", WireTypes.Boolean, m => m.Lifecycle ? true : null, "What happens to all tasks, instead of task_id.");

    internal static readonly MessageDefinition<ClientMessage> Schema = Define<UnsubscribeMessage>(
        "unsubscribe", "Ends a subscription; ending one that is not there is no error.",
        [RequestId, TaskIdField, TagField, GroupField, LifecycleField],
        f => new UnsubscribeMessage(f.Get(RequestId))
        {
            TaskId = f.Get(TaskIdField),
            Tag = f.Get(TagField),
            Group = f.Get(GroupField),
            Lifecycle = f.Get(LifecycleField) ?? false,
        },
        m => SubscriptionTarget.Check("unsubscribe", m.TaskId, m.Tag, m.Group, m.Lifecycle));

    /// <summary>The task.</summary>
    public string? TaskId { get; init; }

    /// <summary>The tag, instead of task_id.</summary>
    public string? Tag { get; init; }

    /// <summary>The group, instead of task_id.</summary>
    public string? Group { get; init; }

    /// <summary>What happens to all tasks, instead of task_id.</summary>
    public bool Lifecycle { get; init; }

    internal override MessageDefinition<ClientMessage> Definition => Schema;
}
