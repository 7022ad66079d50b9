using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Output that cannot be had any more.</summary>
public sealed record GapMessage : ServerMessage
{
    private static readonly ChoiceType<GapReason> ReasonType = new(
        "GapReason", "Why output cannot be had: rotated away, no room on the disk, lost with the process that records.",
        ("rotated", GapReason.Rotated), ("disk_full", GapReason.DiskFull), ("recorder_lost", GapReason.RecorderLost));

    private static readonly RequiredField<GapMessage, string> TaskIdField = new("task_id", WireTypes.TaskIdText, m => m.TaskId, "The task.");
    private static readonly RequiredField<GapMessage, long> FromSeqField =
        new("from_seq", WireTypes.LongCount, m => m.FromSeq, "The first number that is missing.");
    private static readonly RequiredField<GapMessage, long> ToSeqField =
        new("to_seq", WireTypes.LongCount, m => m.ToSeq, "The last number that is missing.");
    private static readonly RequiredField<GapMessage, GapReason> ReasonField = new("reason", ReasonType, m => m.Reason, "Why.");

    internal static readonly MessageDefinition<ServerMessage> Schema = Define<GapMessage>(
        "gap", MessageDelivery.Direct | MessageDelivery.BroadcastSubscribers, "Output that cannot be had any more.",
        [TaskIdField, FromSeqField, ToSeqField, ReasonField],
        f => new GapMessage
        {
            TaskId = f.Get(TaskIdField),
            FromSeq = f.Get(FromSeqField),
            ToSeq = f.Get(ToSeqField),
            Reason = f.Get(ReasonField),
        });

    /// <summary>The task.</summary>
    public required string TaskId { get; init; }

    /// <summary>The first number that is missing.</summary>
    public required long FromSeq { get; init; }

    /// <summary>The last number that is missing.</summary>
    public required long ToSeq { get; init; }

    /// <summary>Why.</summary>
    public required GapReason Reason { get; init; }

    internal override MessageDefinition<ServerMessage> Definition => Schema;
}
