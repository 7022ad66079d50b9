using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Counters: exactly one of the three kinds.</summary>
public sealed record MetricsResponse : ServerMessage
{
    private static readonly OptionalField<MetricsResponse, GlobalMetrics> GlobalField =
        new("global", GlobalMetrics.Schema, m => m.Global, "Those of all tasks together.");
    private static readonly OptionalField<MetricsResponse, ActionMetrics> ActionField =
        new("action", ActionMetrics.Schema, m => m.Action, "Those of the action.");
    private static readonly OptionalField<MetricsResponse, TaskMetrics> TaskField =
        new("task", TaskMetrics.Schema, m => m.Task, "Those of the task.");
    private static readonly RequiredField<MetricsResponse, string> IdField = new("id", WireTypes.Text, m => m.Id, "The id of the request.");

    internal static readonly MessageDefinition<ServerMessage> Schema = Define<MetricsResponse>(
        "metrics", MessageDelivery.Direct, "The counters that were asked for: exactly one of global, action and task.",
        [GlobalField, ActionField, TaskField, IdField],
        f => new MetricsResponse
        {
            Global = f.Get(GlobalField),
            Action = f.Get(ActionField),
            Task = f.Get(TaskField),
            Id = f.Get(IdField),
        });

    /// <summary>Those of all tasks together.</summary>
    public GlobalMetrics? Global { get; init; }

    /// <summary>Those of the action.</summary>
    public ActionMetrics? Action { get; init; }

    /// <summary>Those of the task.</summary>
    public TaskMetrics? Task { get; init; }

    /// <summary>The id of the request.</summary>
    public required string Id { get; init; }

    internal override MessageDefinition<ServerMessage> Definition => Schema;
}
