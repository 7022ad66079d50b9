using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>A process, or a container, is a task now.</summary>
public sealed record AdoptedMessage : ServerMessage
{
    private static readonly RequiredField<AdoptedMessage, TaskInfo> TaskField = new("task", TaskInfo.Schema, m => m.Task, "The task.");
    private static readonly RequiredField<AdoptedMessage, string> IdField = new("id", WireTypes.Text, m => m.Id, "The id of the request.");

    internal static readonly MessageDefinition<ServerMessage> Schema = Define<AdoptedMessage>(
        "adopted", MessageDelivery.Direct, "A process, or a container, is a task now, and stored.",
        [TaskField, IdField],
        f => new AdoptedMessage
        {
            Task = f.Get(TaskField),
            Id = f.Get(IdField),
        });

    /// <summary>The task.</summary>
    public required TaskInfo Task { get; init; }

    /// <summary>The id of the request.</summary>
    public required string Id { get; init; }

    internal override MessageDefinition<ServerMessage> Definition => Schema;
}
