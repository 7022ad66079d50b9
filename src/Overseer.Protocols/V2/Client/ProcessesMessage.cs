using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Asks what the processes of tasks use.</summary>
/// <param name="Id"><inheritdoc cref="ClientMessage(string)" path="/param[@name='Id']"/></param>
public sealed record ProcessesMessage(string Id) : ClientMessage(Id)
{
    private static readonly RequiredField<ProcessesMessage, string> RequestId = IdField<ProcessesMessage>();
    private static readonly OptionalField<ProcessesMessage, string> TaskIdField =
        new("task_id", WireTypes.TaskIdentifier, m => m.TaskId, "Only this task.");
    private static readonly OptionalField<ProcessesMessage, string> ActionField =
        new("action", WireTypes.Identifier, m => m.Action, "Only tasks of this action.");
    private static readonly OptionalField<ProcessesMessage, string> TagField = new("tag", WireTypes.Identifier, m => m.Tag, "Only tasks with this tag.");
    private static readonly OptionalField<ProcessesMessage, string> GroupField =
        new("group", WireTypes.Identifier, m => m.Group, "Only tasks of this group.");
    private static readonly OptionalValueField<ProcessesMessage, bool> MembersField =
        new("members", WireTypes.Boolean, m => m.Members ? true : null, "Also name every process of each tree.") { Default = "false" };

    internal static readonly MessageDefinition<ClientMessage> Schema = Define<ProcessesMessage>(
        "processes", "Asks what the processes of running tasks use.",
        [RequestId, TaskIdField, ActionField, TagField, GroupField, MembersField],
        f => new ProcessesMessage(f.Get(RequestId))
        {
            TaskId = f.Get(TaskIdField),
            Action = f.Get(ActionField),
            Tag = f.Get(TagField),
            Group = f.Get(GroupField),
            Members = f.Get(MembersField) ?? false,
        });

    /// <summary>Only this task.</summary>
    public string? TaskId { get; init; }

    /// <summary>Only tasks of this action.</summary>
    public string? Action { get; init; }

    /// <summary>Only tasks with this tag.</summary>
    public string? Tag { get; init; }

    /// <summary>Only tasks of this group.</summary>
    public string? Group { get; init; }

    /// <summary>Also name every process of each tree. Default false.</summary>
    public bool Members { get; init; }

    internal override MessageDefinition<ClientMessage> Definition => Schema;
}
