using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Starts a task again that was given up.</summary>
/// <param name="Id"><inheritdoc cref="ClientMessage(string)" path="/param[@name='Id']"/></param>
public sealed record ResetMessage(string Id) : ClientMessage(Id)
{
    private static readonly RequiredField<ResetMessage, string> RequestId = IdField<ResetMessage>();
    private static readonly RequiredField<ResetMessage, string> TaskIdField = new("task_id", WireTypes.TaskIdentifier, m => m.TaskId, "The task.");

    internal static readonly MessageDefinition<ClientMessage> Schema = Define<ResetMessage>(
        "reset", "Starts a task again that is errored, with its parameters and policy; past exits are forgotten and no pool is asked.",
        [RequestId, TaskIdField],
        f => new ResetMessage(f.Get(RequestId))
        {
            TaskId = f.Get(TaskIdField),
        });

    /// <summary>The task.</summary>
    public required string TaskId { get; init; }

    internal override MessageDefinition<ClientMessage> Definition => Schema;
}
