using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>A line that a task wrote, or a part of a very long one.</summary>
public sealed record OutputMessage : ServerMessage
{
    private static readonly ChoiceType<OutputStreamName> StreamType = new(
        "Stream", "Where a process wrote to.", ("stdout", OutputStreamName.Stdout), ("stderr", OutputStreamName.Stderr));
    private static readonly RequiredField<OutputMessage, string> TaskIdField = new("task_id", WireTypes.TaskIdText, m => m.TaskId, "The task.");
    private static readonly RequiredField<OutputMessage, int> PidField = new("pid", WireTypes.Integer, m => m.Pid, "The process.");
    private static readonly RequiredField<OutputMessage, OutputStreamName> StreamField =
        new("stream", StreamType, m => m.Stream, "Which of its streams.");
    private static readonly RequiredField<OutputMessage, ReadOnlyMemory<byte>> DataField =
        new("data", WireTypes.Data, m => m.Data, "The line without its end.");
    private static readonly RequiredField<OutputMessage, long> SeqField =
        new("seq", WireTypes.Seq, m => m.Seq, "The number of this event among the outputs of the task, from 1, without a hole.");
    private static readonly RequiredField<OutputMessage, DateTimeOffset> TsField = new("ts", WireTypes.Timestamp, m => m.Ts, "When it was captured.");
    private static readonly OptionalValueField<OutputMessage, bool> PartialField =
        new("partial", WireTypes.Boolean, m => m.Partial ? true : null, "Whether the line goes on in the next output event of this stream.");

    internal static readonly MessageDefinition<ServerMessage> Schema = Define<OutputMessage>(
        "output", MessageDelivery.Direct | MessageDelivery.BroadcastSubscribers, "A line that a task wrote, or a part of a very long one.",
        [TaskIdField, PidField, StreamField, DataField, SeqField, TsField, PartialField],
        f => new OutputMessage
        {
            TaskId = f.Get(TaskIdField),
            Pid = f.Get(PidField),
            Stream = f.Get(StreamField),
            Data = f.Get(DataField),
            Seq = f.Get(SeqField),
            Ts = f.Get(TsField),
            Partial = f.Get(PartialField) ?? false,
        });

    /// <summary>The task.</summary>
    public required string TaskId { get; init; }

    /// <summary>The process.</summary>
    public required int Pid { get; init; }

    /// <summary>Which of its streams.</summary>
    public required OutputStreamName Stream { get; init; }

    /// <summary>The line without its end.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>The number of this event among the outputs of the task, from 1, without a hole.</summary>
    public required long Seq { get; init; }

    /// <summary>When it was captured.</summary>
    public required DateTimeOffset Ts { get; init; }

    /// <summary>Whether the line goes on in the next output event of this stream.</summary>
    public bool Partial { get; init; }

    internal override MessageDefinition<ServerMessage> Definition => Schema;
}
