using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Asks for the events of a task, or of all tasks with a tag or in a group, or for what happens to all tasks.</summary>
/// <param name="Id"><inheritdoc cref="ClientMessage(string)" path="/param[@name='Id']"/></param>
public sealed record SubscribeMessage(string Id) : ClientMessage(Id)
{
    private static readonly RequiredField<SubscribeMessage, string> RequestId = IdField<SubscribeMessage>();
    private static readonly OptionalField<SubscribeMessage, string> TaskIdField =
        new("task_id", WireTypes.TaskIdentifier, m => m.TaskId, "The task.");
    private static readonly OptionalValueField<SubscribeMessage, long> FromSeqField =
        new("from_seq", WireTypes.Seq, m => m.FromSeq, "Send the output from this number on first, then live events, without a hole between.");
    private static readonly OptionalField<SubscribeMessage, string> TagField =
        new("tag", WireTypes.Identifier, m => m.Tag, "All tasks with this tag, instead of task_id.");
    private static readonly OptionalField<SubscribeMessage, string> GroupField =
        new("group", WireTypes.Identifier, m => m.Group, "All tasks of this group, instead of task_id.");
    private static readonly OptionalValueField<SubscribeMessage, bool> LifecycleField =
        new("lifecycle", WireTypes.Boolean, m => m.Lifecycle ? true : null, "What happens to all tasks, without their output, instead of task_id.");
    private static readonly OptionalValueField<SubscribeMessage, DateTimeOffset> SinceField =
        new("since", WireTypes.Timestamp, m => m.Since, "With lifecycle: send the kept events of that time or later first.");
    private static readonly OptionalValueField<SubscribeMessage, long> AfterField =
        new("after", WireTypes.LongCount, m => m.After, "With lifecycle: send the kept events with a greater number first.");

    internal static readonly MessageDefinition<ClientMessage> Schema = Define<SubscribeMessage>(
        "subscribe", "Asks for the events of a task, which need not exist yet, or of all present and future tasks with a tag or in a group.",
        [RequestId, TaskIdField, FromSeqField, TagField, GroupField, LifecycleField, SinceField, AfterField],
        f => new SubscribeMessage(f.Get(RequestId))
        {
            TaskId = f.Get(TaskIdField),
            FromSeq = f.Get(FromSeqField),
            Tag = f.Get(TagField),
            Group = f.Get(GroupField),
            Lifecycle = f.Get(LifecycleField) ?? false,
            Since = f.Get(SinceField),
            After = f.Get(AfterField),
        },
        m => m.FromSeq is not null && m.TaskId is null && (m.Lifecycle || (m.Tag ?? m.Group) is not null) ? "from_seq needs task_id"
            : SubscriptionTarget.Check("subscribe", m.TaskId, m.Tag, m.Group, m.Lifecycle)
            ?? (m.Lifecycle ? null : m.Since is not null ? "since needs lifecycle" : m.After is not null ? "after needs lifecycle" : null));

    /// <summary>The task.</summary>
    public string? TaskId { get; init; }

    /// <summary>Send the output from this number on first, then live events, without a hole between.</summary>
    public long? FromSeq { get; init; }

    /// <summary>All tasks with this tag, instead of task_id.</summary>
    public string? Tag { get; init; }

    /// <summary>All tasks of this group, instead of task_id.</summary>
    public string? Group { get; init; }

    /// <summary>What happens to all tasks, without their output, instead of task_id.</summary>
    public bool Lifecycle { get; init; }

    /// <summary>With lifecycle: send the kept events of that time or later first.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>With lifecycle: send the kept events with a greater number first.</summary>
    public long? After { get; init; }

    internal override MessageDefinition<ClientMessage> Definition => Schema;
}
