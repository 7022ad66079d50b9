using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>A task will be started again after a delay.</summary>
public sealed record RestartingMessage : ServerMessage
{
    private static readonly RequiredField<RestartingMessage, string> TaskIdField = new("task_id", WireTypes.TaskIdText, m => m.TaskId, "The task.");
    private static readonly RequiredField<RestartingMessage, int> PidField = new("pid", WireTypes.Integer, m => m.Pid, "The process that exited.");
    private static readonly RequiredField<RestartingMessage, TimeSpan> RestartDelayField =
        new("restart_delay", WireTypes.Duration, m => m.RestartDelay, "Time until the next start.");
    private static readonly RequiredField<RestartingMessage, int> AttemptField =
        new("attempt", WireTypes.Integer, m => m.Attempt, "The number of this restart, from 1.");
    private static readonly RequiredField<RestartingMessage, DateTimeOffset> TsField = new("ts", WireTypes.Timestamp, m => m.Ts, "When it happened.");

    internal static readonly MessageDefinition<ServerMessage> Schema = Define<RestartingMessage>(
        "restarting", MessageDelivery.BroadcastSubscribers, "A task will be started again after a delay.",
        [TaskIdField, PidField, RestartDelayField, AttemptField, TsField],
        f => new RestartingMessage
        {
            TaskId = f.Get(TaskIdField),
            Pid = f.Get(PidField),
            RestartDelay = f.Get(RestartDelayField),
            Attempt = f.Get(AttemptField),
            Ts = f.Get(TsField),
        });

    /// <summary>The task.</summary>
    public required string TaskId { get; init; }

    /// <summary>The process that exited.</summary>
    public required int Pid { get; init; }

    /// <summary>Time until the next start.</summary>
    public required TimeSpan RestartDelay { get; init; }

    /// <summary>The number of this restart, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset Ts { get; init; }

    internal override MessageDefinition<ServerMessage> Definition => Schema;
}
