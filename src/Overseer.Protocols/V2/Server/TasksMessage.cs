using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Tasks, by their number.</summary>
public sealed record TasksMessage : ServerMessage
{
    private const int Envelope = 64;
    private static readonly ListType<TaskInfo> TaskListType = new(TaskInfo.Schema);
    private static readonly RequiredField<TasksMessage, IReadOnlyList<TaskInfo>> TasksField = new("tasks", TaskListType, m => m.Tasks, "The tasks.");
    private static readonly RequiredField<TasksMessage, string> IdField = new("id", WireTypes.Text, m => m.Id, "The id of the request.");

    internal static readonly MessageDefinition<ServerMessage> Schema = Define<TasksMessage>(
        "tasks", MessageDelivery.Direct, "The tasks that list asked for, by their number.",
        [TasksField, IdField],
        f => new TasksMessage
        {
            Tasks = f.Get(TasksField),
            Id = f.Get(IdField),
        });

    /// <summary>The tasks.</summary>
    public required IReadOnlyList<TaskInfo> Tasks { get; init; }

    /// <summary>The id of the request.</summary>
    public required string Id { get; init; }

    internal override MessageDefinition<ServerMessage> Definition => Schema;

    internal override int SizeHint
    {
        get
        {
            long bytes = Envelope + Id.Length;
            for (int i = 0; i < Tasks.Count; i++)
                bytes += 1 + (Tasks[i].Kept.Bytes?.Length ?? 0);
            return (int)Math.Min(bytes, Array.MaxLength / 2);
        }
    }
}
