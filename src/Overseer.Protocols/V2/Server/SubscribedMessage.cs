using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>A subscription begins.</summary>
public sealed record SubscribedMessage : ServerMessage
{
    private static readonly OptionalField<SubscribedMessage, string> TaskIdField = new("task_id", WireTypes.TaskIdText, m => m.TaskId, "The task.");
    private static readonly OptionalField<SubscribedMessage, string> TagField = new("tag", WireTypes.Text, m => m.Tag, "The tag.");
    private static readonly OptionalField<SubscribedMessage, string> GroupField = new("group", WireTypes.Text, m => m.Group, "The group.");
    private static readonly OptionalValueField<SubscribedMessage, long> NextSeqField =
        new("next_seq", WireTypes.LongCount, m => m.NextSeq, "The number that the next new output gets, those before it being history; set when from_seq was given.");
    private static readonly OptionalValueField<SubscribedMessage, bool> LifecycleField =
        new("lifecycle", WireTypes.Boolean, m => m.Lifecycle ? true : null, "What happens to all tasks.");
    private static readonly OptionalValueField<SubscribedMessage, long> LastField =
        new("last", WireTypes.LongCount, m => m.Last, "With lifecycle: the number of the latest event so far; later ones are live.");
    private static readonly OptionalValueField<SubscribedMessage, int> HistoryField =
        new("history", WireTypes.Count, m => m.History, "With lifecycle: how many kept events follow before the live ones; set when since or after was given.");
    private static readonly OptionalValueField<SubscribedMessage, bool> CompleteField =
        new("complete", WireTypes.Boolean, m => m.Complete, "With lifecycle: whether these are certainly all that happened since then; set when since or after was given.");
    private static readonly RequiredField<SubscribedMessage, string> IdField = new("id", WireTypes.Text, m => m.Id, "The id of the request.");

    internal static readonly MessageDefinition<ServerMessage> Schema = Define<SubscribedMessage>(
        "subscribed", MessageDelivery.Direct, "A subscription begins: it comes before all events that it brings.",
        [TaskIdField, TagField, GroupField, NextSeqField, LifecycleField, LastField, HistoryField, CompleteField, IdField],
        f => new SubscribedMessage
        {
            TaskId = f.Get(TaskIdField),
            Tag = f.Get(TagField),
            Group = f.Get(GroupField),
            NextSeq = f.Get(NextSeqField),
            Lifecycle = f.Get(LifecycleField) ?? false,
            Last = f.Get(LastField),
            History = f.Get(HistoryField),
            Complete = f.Get(CompleteField),
            Id = f.Get(IdField),
        });

    /// <summary>The task.</summary>
    public string? TaskId { get; init; }

    /// <summary>The tag.</summary>
    public string? Tag { get; init; }

    /// <summary>The group.</summary>
    public string? Group { get; init; }

    /// <summary>The number that the next new output gets, those before it being history; set when from_seq was given.</summary>
    public long? NextSeq { get; init; }

    /// <summary>What happens to all tasks.</summary>
    public bool Lifecycle { get; init; }

    /// <summary>With lifecycle: the number of the latest event so far; later ones are live.</summary>
    public long? Last { get; init; }

    /// <summary>With lifecycle: how many kept events follow before the live ones; set when since or after was given.</summary>
    public int? History { get; init; }

    /// <summary>With lifecycle: whether these are certainly all that happened since then; set when since or after was given.</summary>
    public bool? Complete { get; init; }

    /// <summary>The id of the request.</summary>
    public required string Id { get; init; }

    internal override MessageDefinition<ServerMessage> Definition => Schema;
}
