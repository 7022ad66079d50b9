using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>A task exited too often and was given up.</summary>
public sealed record ErroredMessage : ServerMessage
{
    private static readonly RequiredField<ErroredMessage, string> TaskIdField = new("task_id", WireTypes.TaskIdText, m => m.TaskId, "The task.");
    private static readonly RequiredField<ErroredMessage, int> PidField = new("pid", WireTypes.Integer, m => m.Pid, "The process that exited last.");
    private static readonly RequiredField<ErroredMessage, int> ExitCountField =
        new("exit_count", WireTypes.Integer, m => m.ExitCount, "How many exits were counted.");
    private static readonly RequiredField<ErroredMessage, DateTimeOffset> TsField = new("ts", WireTypes.Timestamp, m => m.Ts, "When it happened.");

    internal static readonly MessageDefinition<ServerMessage> Schema = Define<ErroredMessage>(
        "errored", MessageDelivery.BroadcastSubscribers, "A task exited too often and was given up.",
        [TaskIdField, PidField, ExitCountField, TsField],
        f => new ErroredMessage
        {
            TaskId = f.Get(TaskIdField),
            Pid = f.Get(PidField),
            ExitCount = f.Get(ExitCountField),
            Ts = f.Get(TsField),
        });

    /// <summary>The task.</summary>
    public required string TaskId { get; init; }

    /// <summary>The process that exited last.</summary>
    public required int Pid { get; init; }

    /// <summary>How many exits were counted.</summary>
    public required int ExitCount { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset Ts { get; init; }

    internal override MessageDefinition<ServerMessage> Definition => Schema;
}
