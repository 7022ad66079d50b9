using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Forgets a task.</summary>
/// <param name="Id"><inheritdoc cref="ClientMessage(string)" path="/param[@name='Id']"/></param>
public sealed record ForgetMessage(string Id) : ClientMessage(Id)
{
    private static readonly RequiredField<ForgetMessage, string> RequestId = IdField<ForgetMessage>();
    private static readonly RequiredField<ForgetMessage, string> TaskIdField = new("task_id", WireTypes.TaskIdentifier, m => m.TaskId, "The task.");

    internal static readonly MessageDefinition<ClientMessage> Schema = Define<ForgetMessage>(
        "forget", "Forgets a task: an adopted one, whose process is left alone, or one that has ended, with its journal.",
        [RequestId, TaskIdField],
        f => new ForgetMessage(f.Get(RequestId))
        {
            TaskId = f.Get(TaskIdField),
        });

    /// <summary>The task.</summary>
    public required string TaskId { get; init; }

    internal override MessageDefinition<ClientMessage> Definition => Schema;
}
