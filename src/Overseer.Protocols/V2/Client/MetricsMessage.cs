using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Asks for counters.</summary>
/// <param name="Id"><inheritdoc cref="ClientMessage(string)" path="/param[@name='Id']"/></param>
public sealed record MetricsMessage(string Id) : ClientMessage(Id)
{
    private static readonly RequiredField<MetricsMessage, string> RequestId = IdField<MetricsMessage>();
    private static readonly OptionalField<MetricsMessage, string> ActionField = new("action", WireTypes.Identifier, m => m.Action, "The action.");
    private static readonly OptionalField<MetricsMessage, string> TaskIdField =
        new("task_id", WireTypes.TaskIdentifier, m => m.TaskId, "The task; wins over action.");

    internal static readonly MessageDefinition<ClientMessage> Schema = Define<MetricsMessage>(
        "metrics", "Asks for the counters of all tasks together, of an action or of a task.",
        [RequestId, ActionField, TaskIdField],
        f => new MetricsMessage(f.Get(RequestId))
        {
            Action = f.Get(ActionField),
            TaskId = f.Get(TaskIdField),
        });

    /// <summary>The action.</summary>
    public string? Action { get; init; }

    /// <summary>The task; wins over action.</summary>
    public string? TaskId { get; init; }

    internal override MessageDefinition<ClientMessage> Definition => Schema;
}
