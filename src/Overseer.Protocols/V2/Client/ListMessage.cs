using Overseer.Core.Tasks;
using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Lists tasks.</summary>
/// <param name="Id"><inheritdoc cref="ClientMessage(string)" path="/param[@name='Id']"/></param>
public sealed record ListMessage(string Id) : ClientMessage(Id)
{
    private static readonly RequiredField<ListMessage, string> RequestId = IdField<ListMessage>();
    private static readonly OptionalValueField<ListMessage, DateTimeOffset> SinceField =
        new("since", WireTypes.Timestamp, m => m.Since, "Only tasks that started or exited at that time or later, and queued ones.");
    private static readonly OptionalField<ListMessage, string> ActionField =
        new("action", WireTypes.Identifier, m => m.Action, "Only tasks of this action.");
    private static readonly OptionalValueField<ListMessage, TaskState> StateField =
        new("state", CoreTypes.TaskState, m => m.State, "Only tasks in this state.");
    private static readonly OptionalValueField<ListMessage, TaskOrigin> OriginField =
        new("origin", CoreTypes.TaskOrigin, m => m.Origin, "Only tasks that come from there.");
    private static readonly OptionalField<ListMessage, string> NameField = new("name", WireTypes.Identifier, m => m.Name, "Only the task with this name.");
    private static readonly OptionalField<ListMessage, string> TagField = new("tag", WireTypes.Identifier, m => m.Tag, "Only tasks with this tag.");
    private static readonly OptionalField<ListMessage, string> GroupField =
        new("group", WireTypes.Identifier, m => m.Group, "Only tasks of this group.");
    private static readonly OptionalValueField<ListMessage, int> LimitField =
        new("limit", WireTypes.Positive, m => m.Limit, "At most that many tasks.");
    private static readonly OptionalValueField<ListMessage, long> AfterField =
        new("after", WireTypes.LongCount, m => m.After, "Only tasks with a greater number.");

    internal static readonly MessageDefinition<ClientMessage> Schema = Define<ListMessage>(
        "list", "Lists tasks by their number; all of them when nothing is asked.",
        [RequestId, SinceField, ActionField, StateField, OriginField, NameField, TagField, GroupField, LimitField, AfterField],
        f => new ListMessage(f.Get(RequestId))
        {
            Since = f.Get(SinceField),
            Action = f.Get(ActionField),
            State = f.Get(StateField),
            Origin = f.Get(OriginField),
            Name = f.Get(NameField),
            Tag = f.Get(TagField),
            Group = f.Get(GroupField),
            Limit = f.Get(LimitField),
            After = f.Get(AfterField),
        });

    /// <summary>Only tasks that started or exited at that time or later, and queued ones.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only tasks of this action.</summary>
    public string? Action { get; init; }

    /// <summary>Only tasks in this state.</summary>
    public TaskState? State { get; init; }

    /// <summary>Only tasks that come from there.</summary>
    public TaskOrigin? Origin { get; init; }

    /// <summary>Only the task with this name.</summary>
    public string? Name { get; init; }

    /// <summary>Only tasks with this tag.</summary>
    public string? Tag { get; init; }

    /// <summary>Only tasks of this group.</summary>
    public string? Group { get; init; }

    /// <summary>At most that many tasks.</summary>
    public int? Limit { get; init; }

    /// <summary>Only tasks with a greater number.</summary>
    public long? After { get; init; }

    internal override MessageDefinition<ClientMessage> Definition => Schema;
}
