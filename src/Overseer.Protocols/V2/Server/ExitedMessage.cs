using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>A process of a task has exited.</summary>
public sealed record ExitedMessage : ServerMessage
{
    private static readonly RequiredField<ExitedMessage, string> TaskIdField = new("task_id", WireTypes.TaskIdText, m => m.TaskId, "The task.");
    private static readonly RequiredField<ExitedMessage, int> PidField = new("pid", WireTypes.Integer, m => m.Pid, "The process.");
    private static readonly RequiredField<ExitedMessage, int> ExitCodeField =
        new("exit_code", WireTypes.Integer, m => m.ExitCode, "Its exit code; -1 when a signal ended it or the code is unknown.");
    private static readonly OptionalField<ExitedMessage, string> SignalField =
        new("signal", WireTypes.Text, m => m.Signal, "The signal that ended it, such as SIGKILL.");
    private static readonly RequiredField<ExitedMessage, bool> IntentionalField =
        new("intentional", WireTypes.Boolean, m => m.Intentional, "Whether somebody asked for it.");
    private static readonly RequiredField<ExitedMessage, DateTimeOffset> TsField = new("ts", WireTypes.Timestamp, m => m.Ts, "When it happened.");

    internal static readonly MessageDefinition<ServerMessage> Schema = Define<ExitedMessage>(
        "exited", MessageDelivery.Direct | MessageDelivery.BroadcastSubscribers, "A process of a task has exited.",
        [TaskIdField, PidField, ExitCodeField, SignalField, IntentionalField, TsField],
        f => new ExitedMessage
        {
            TaskId = f.Get(TaskIdField),
            Pid = f.Get(PidField),
            ExitCode = f.Get(ExitCodeField),
            Signal = f.Get(SignalField),
            Intentional = f.Get(IntentionalField),
            Ts = f.Get(TsField),
        });

    /// <summary>The task.</summary>
    public required string TaskId { get; init; }

    /// <summary>The process.</summary>
    public required int Pid { get; init; }

    /// <summary>Its exit code; -1 when a signal ended it or the code is unknown.</summary>
    public required int ExitCode { get; init; }

    /// <summary>The signal that ended it, such as SIGKILL.</summary>
    public string? Signal { get; init; }

    /// <summary>Whether somebody asked for it.</summary>
    public required bool Intentional { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset Ts { get; init; }

    internal override MessageDefinition<ServerMessage> Definition => Schema;
}
