using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Sends a signal to a task.</summary>
/// <param name="Id"><inheritdoc cref="ClientMessage(string)" path="/param[@name='Id']"/></param>
public sealed record SignalMessage(string Id) : ClientMessage(Id)
{
    private static readonly RequiredField<SignalMessage, string> RequestId = IdField<SignalMessage>();
    private static readonly RequiredField<SignalMessage, string> TaskIdField = new("task_id", WireTypes.TaskIdentifier, m => m.TaskId, "The task.");
    private static readonly RequiredField<SignalMessage, string> SignalField =
        new("signal", WireTypes.Identifier, m => m.Signal, "A name, such as SIGUSR1 or USR1, or a number from 1 to 64.");
    private static readonly OptionalValueField<SignalMessage, bool> TreeField =
        new("tree", WireTypes.Boolean, m => m.Tree ? true : null, "Whether it goes to all processes of the task instead of the one that was started.") { Default = "false" };

    internal static readonly MessageDefinition<ClientMessage> Schema = Define<SignalMessage>(
        "signal", "Sends a signal to a running task.",
        [RequestId, TaskIdField, SignalField, TreeField],
        f => new SignalMessage(f.Get(RequestId))
        {
            TaskId = f.Get(TaskIdField),
            Signal = f.Get(SignalField),
            Tree = f.Get(TreeField) ?? false,
        });

    /// <summary>The task.</summary>
    public required string TaskId { get; init; }

    /// <summary>A name, such as SIGUSR1 or USR1, or a number from 1 to 64.</summary>
    public required string Signal { get; init; }

    /// <summary>Whether it goes to all processes of the task instead of the one that was started. Default false.</summary>
    public bool Tree { get; init; }

    internal override MessageDefinition<ClientMessage> Definition => Schema;
}
