using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>A process of a task runs.</summary>
public sealed record StartedMessage : ServerMessage
{
    private static readonly RequiredField<StartedMessage, string> TaskIdField = new("task_id", WireTypes.TaskIdText, m => m.TaskId, "The task.");
    private static readonly RequiredField<StartedMessage, int> PidField = new("pid", WireTypes.Integer, m => m.Pid, "Its process.");
    private static readonly OptionalValueField<StartedMessage, int> RestartOfField =
        new("restart_of", WireTypes.Integer, m => m.RestartOf, "The pid of the process that an automatic restart replaces.");
    private static readonly RequiredField<StartedMessage, DateTimeOffset> TsField = new("ts", WireTypes.Timestamp, m => m.Ts, "When it happened.");
    private static readonly RequiredField<StartedMessage, string> IdField =
        new("id", WireTypes.Text, m => m.Id, "The id of the start; empty when nobody asked for it.");

    internal static readonly MessageDefinition<ServerMessage> Schema = Define<StartedMessage>(
        "started", MessageDelivery.Direct | MessageDelivery.BroadcastSubscribers, "A process of a task runs.",
        [TaskIdField, PidField, RestartOfField, TsField, IdField],
        f => new StartedMessage
        {
            TaskId = f.Get(TaskIdField),
            Pid = f.Get(PidField),
            RestartOf = f.Get(RestartOfField),
            Ts = f.Get(TsField),
            Id = f.Get(IdField),
        });

    /// <summary>The task.</summary>
    public required string TaskId { get; init; }

    /// <summary>Its process.</summary>
    public required int Pid { get; init; }

    /// <summary>The pid of the process that an automatic restart replaces.</summary>
    public int? RestartOf { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset Ts { get; init; }

    /// <summary>The id of the start; empty when nobody asked for it.</summary>
    public required string Id { get; init; }

    internal override MessageDefinition<ServerMessage> Definition => Schema;
}
