using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Writes to the standard input of a task.</summary>
/// <param name="Id"><inheritdoc cref="ClientMessage(string)" path="/param[@name='Id']"/></param>
public sealed record InputMessage(string Id) : ClientMessage(Id)
{
    private static readonly RequiredField<InputMessage, string> RequestId = IdField<InputMessage>();
    private static readonly RequiredField<InputMessage, string> TaskIdField = new("task_id", WireTypes.TaskIdentifier, m => m.TaskId, "The task.");
    private static readonly RequiredField<InputMessage, ReadOnlyMemory<byte>> DataField =
        new("data", WireTypes.Data, m => m.Data, "What to write, as it is: no line end is added.") { UiHint = "textarea" };
    private static readonly OptionalValueField<InputMessage, bool> EofField =
        new("eof", WireTypes.Boolean, m => m.Eof ? true : null, "Closes the standard input after the data.") { Default = "false" };

    internal static readonly MessageDefinition<ClientMessage> Schema = Define<InputMessage>(
        "input", "Writes to the standard input of a task whose action has one.",
        [RequestId, TaskIdField, DataField, EofField],
        f => new InputMessage(f.Get(RequestId))
        {
            TaskId = f.Get(TaskIdField),
            Data = f.Get(DataField),
            Eof = f.Get(EofField) ?? false,
        });

    /// <summary>The task.</summary>
    public required string TaskId { get; init; }

    /// <summary>What to write, as it is: no line end is added.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Closes the standard input after the data.</summary>
    public bool Eof { get; init; }

    internal override MessageDefinition<ClientMessage> Definition => Schema;
}
