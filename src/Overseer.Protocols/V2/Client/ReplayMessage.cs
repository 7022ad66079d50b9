using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Asks for past events of a task.</summary>
/// <param name="Id"><inheritdoc cref="ClientMessage(string)" path="/param[@name='Id']"/></param>
public sealed record ReplayMessage(string Id) : ClientMessage(Id)
{
    private static readonly RequiredField<ReplayMessage, string> RequestId = IdField<ReplayMessage>();
    private static readonly OptionalField<ReplayMessage, string> TaskIdField =
        new("task_id", WireTypes.TaskIdentifier, m => m.TaskId, "The task; or pid.");
    private static readonly OptionalValueField<ReplayMessage, int> PidField =
        new("pid", WireTypes.Positive, m => m.Pid, "The pid of the process of the task, instead of task_id.");
    private static readonly OptionalValueField<ReplayMessage, DateTimeOffset> SinceField =
        new("since", WireTypes.Timestamp, m => m.Since, "Only events of that time or later.");
    private static readonly OptionalValueField<ReplayMessage, int> LimitField =
        new("limit", WireTypes.Positive, m => m.Limit, "At most that many events: the first with from_seq, else the newest; 100 when neither is given.");
    private static readonly OptionalValueField<ReplayMessage, long> FromSeqField =
        new("from_seq", WireTypes.Seq, m => m.FromSeq, "From this output number on.");

    internal static readonly MessageDefinition<ClientMessage> Schema = Define<ReplayMessage>(
        "replay", "Asks for past output and exits of a task, to the sender alone; replayed comes after them.",
        [RequestId, TaskIdField, PidField, SinceField, LimitField, FromSeqField],
        f => new ReplayMessage(f.Get(RequestId))
        {
            TaskId = f.Get(TaskIdField),
            Pid = f.Get(PidField),
            Since = f.Get(SinceField),
            Limit = f.Get(LimitField),
            FromSeq = f.Get(FromSeqField),
        },
        m => m.TaskId is null && m.Pid is null ? "task_id is required" : null);

    /// <summary>The task; or pid.</summary>
    public string? TaskId { get; init; }

    /// <summary>The pid of the process of the task, instead of task_id.</summary>
    public int? Pid { get; init; }

    /// <summary>Only events of that time or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>At most that many events: the first with from_seq, else the newest; 100 when neither is given.</summary>
    public int? Limit { get; init; }

    /// <summary>From this output number on.</summary>
    public long? FromSeq { get; init; }

    internal override MessageDefinition<ClientMessage> Definition => Schema;
}
