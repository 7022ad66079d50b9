using Overseer.Core.Tasks;
using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>An action as describe shows it.</summary>
public sealed record ActionInfo
{
    private static readonly MapType<ParameterInfo> ParameterMapType = new(ParameterInfo.Schema, nullable: true);
    private static readonly RequiredField<ActionInfo, string> NameField = new("name", WireTypes.Text, m => m.Name, "The name to start it by.");
    private static readonly RequiredField<ActionInfo, string> TypeField = new("type", WireTypes.Text, m => m.Type, "The type of its driver.");
    private static readonly OptionalField<ActionInfo, string> DescriptionField =
        new("description", WireTypes.Text, m => m.Description, "What it is for.");
    private static readonly RequiredField<ActionInfo, IReadOnlyDictionary<string, ParameterInfo>> ParamsField =
        new("params", ParameterMapType, m => m.Params, "Its parameters; one that is null or has no default is required.");
    private static readonly RequiredField<ActionInfo, PoolConfig> TaskPoolField =
        new("task_pool", PoolConfig.Schema, m => m.TaskPool, "How many of its tasks may run and wait.");
    private static readonly RequiredField<ActionInfo, RetryPolicy> RetryField =
        new("retry", CoreTypes.RetryPolicy, m => m.Retry, "How its tasks are restarted; without fields: not at all.");
    private static readonly OptionalField<ActionInfo, IReadOnlyList<string>> DedupeKeyField =
        new("dedupe_key", WireTypes.Texts, m => m.DedupeKey, "Parameters whose values may be running only once.");

    internal static readonly ObjectType<ActionInfo> Schema = new(
        "ActionInfo", "An action as describe shows it.",
        [NameField, TypeField, DescriptionField, ParamsField, TaskPoolField, RetryField, DedupeKeyField],
        f => new ActionInfo
        {
            Name = f.Get(NameField),
            Type = f.Get(TypeField),
            Description = f.Get(DescriptionField),
            Params = f.Get(ParamsField),
            TaskPool = f.Get(TaskPoolField),
            Retry = f.Get(RetryField),
            DedupeKey = f.Get(DedupeKeyField),
        });

    /// <summary>The name to start it by.</summary>
    public required string Name { get; init; }

    /// <summary>The type of its driver.</summary>
    public required string Type { get; init; }

    /// <summary>What it is for.</summary>
    public string? Description { get; init; }

    /// <summary>Its parameters; one that is null or has no default is required.</summary>
    public required IReadOnlyDictionary<string, ParameterInfo> Params { get; init; }

    /// <summary>How many of its tasks may run and wait.</summary>
    public required PoolConfig TaskPool { get; init; }

    /// <summary>How its tasks are restarted; without fields: not at all.</summary>
    public required RetryPolicy Retry { get; init; }

    /// <summary>Parameters whose values may be running only once.</summary>
    public IReadOnlyList<string>? DedupeKey { get; init; }
}
