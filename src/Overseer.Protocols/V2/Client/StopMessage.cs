using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Stops a task.</summary>
/// <param name="Id"><inheritdoc cref="ClientMessage(string)" path="/param[@name='Id']"/></param>
public sealed record StopMessage(string Id) : ClientMessage(Id)
{
    private static readonly RequiredField<StopMessage, string> RequestId = IdField<StopMessage>();
    private static readonly OptionalField<StopMessage, string> TaskIdField =
        new("task_id", WireTypes.TaskIdentifier, m => m.TaskId, "The task; or pid.");
    private static readonly OptionalValueField<StopMessage, int> PidField =
        new("pid", WireTypes.Positive, m => m.Pid, "The pid of the process of the task, instead of task_id.");
    private static readonly OptionalValueField<StopMessage, TimeSpan> GraceField =
        new("grace", WireTypes.Duration, m => m.Grace, "How long to wait before SIGKILL, instead of what the action says.");

    internal static readonly MessageDefinition<ClientMessage> Schema = Define<StopMessage>(
        "stop", "Stops a task: a signal to all its processes, SIGKILL to those left after the grace time.",
        [RequestId, TaskIdField, PidField, GraceField],
        f => new StopMessage(f.Get(RequestId))
        {
            TaskId = f.Get(TaskIdField),
            Pid = f.Get(PidField),
            Grace = f.Get(GraceField),
        },
        m => m.TaskId is null && m.Pid is null ? "task_id is required" : null);

    /// <summary>The task; or pid.</summary>
    public string? TaskId { get; init; }

    /// <summary>The pid of the process of the task, instead of task_id.</summary>
    public int? Pid { get; init; }

    /// <summary>How long to wait before SIGKILL, instead of what the action says.</summary>
    public TimeSpan? Grace { get; init; }

    internal override MessageDefinition<ClientMessage> Definition => Schema;
}
