using Overseer.Core.Tasks;
using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Starts a task of an action, or a command that no action describes. One of the two is named; only a client of an older profile may leave out both.</summary>
/// <param name="Id"><inheritdoc cref="ClientMessage(string)" path="/param[@name='Id']"/></param>
public sealed record StartMessage(string Id) : ClientMessage(Id)
{
    private static readonly RequiredField<StartMessage, string> RequestId = IdField<StartMessage>();
    private static readonly OptionalField<StartMessage, string> ActionField =
        new("action", WireTypes.Identifier, m => m.Action, "The action to start a task of.");
    private static readonly OptionalField<StartMessage, string> TaskIdField =
        new("task_id", WireTypes.TaskIdentifier, m => m.TaskId, "The id the task is to have; a UUID is made when it is left out.");
    private static readonly OptionalField<StartMessage, IReadOnlyDictionary<string, string>> ParamsField =
        new("params", WireTypes.TextMap, m => m.Params, "The parameters, by name.");
    private static readonly OptionalField<StartMessage, RetryPolicy> RetryPolicyField =
        new("retry_policy", CoreTypes.RetryPolicy, m => m.RetryPolicy, "How the task is restarted, over what the action says, field by field.") { UiHint = "json-editor" };
    private static readonly OptionalValueField<StartMessage, bool> ForceField =
        new("force", WireTypes.Boolean, m => m.Force ? true : null, "Takes the place of the oldest unforced task when the queue of the action is full.") { Default = "false" };
    private static readonly OptionalField<StartMessage, string> NameField =
        new("name", WireTypes.Identifier, m => m.Name, "A name that no other task has.");
    private static readonly OptionalField<StartMessage, IReadOnlyList<string>> TagsField =
        new("tags", WireTypes.Texts, m => m.Tags, "Tags beside those of the action.");
    private static readonly OptionalField<StartMessage, IReadOnlyList<string>> GroupsField =
        new("groups", WireTypes.Texts, m => m.Groups, "Groups beside those of the action.");
    private static readonly OptionalField<StartMessage, string> CommandField =
        new("command", WireTypes.Identifier, m => m.Command, "A program to run instead of an action, where the server allows it.");
    private static readonly OptionalField<StartMessage, IReadOnlyList<string>> ArgsField =
        new("args", WireTypes.Texts, m => m.Args, "The arguments of command.");

    internal static readonly MessageDefinition<ClientMessage> Schema = Define<StartMessage>(
        "start", "Starts a task of an action, or a command; its sender is subscribed to it before the process starts.",
        [RequestId, ActionField, TaskIdField, ParamsField, RetryPolicyField, ForceField, NameField, TagsField, GroupsField, CommandField, ArgsField],
        f => new StartMessage(f.Get(RequestId))
        {
            Action = f.Get(ActionField),
            TaskId = f.Get(TaskIdField),
            Params = f.Get(ParamsField),
            RetryPolicy = f.Get(RetryPolicyField),
            Force = f.Get(ForceField) ?? false,
            Name = f.Get(NameField),
            Tags = f.Get(TagsField),
            Groups = f.Get(GroupsField),
            Command = f.Get(CommandField),
            Args = f.Get(ArgsField),
        },
        m => (m.Action, m.Command) switch
        {
            (not null, not null) => "action and command cannot both be given",
            (not null, null) when m.Args is not null => "args needs command",
            (null, not null) when m.Params is { Count: > 0 } => "params needs action",
            _ => null,
        });

    /// <summary>The action to start a task of.</summary>
    public string? Action { get; init; }

    /// <summary>The id the task is to have; a UUID is made when it is left out.</summary>
    public string? TaskId { get; init; }

    /// <summary>The parameters, by name.</summary>
    public IReadOnlyDictionary<string, string>? Params { get; init; }

    /// <summary>How the task is restarted, over what the action says, field by field.</summary>
    public RetryPolicy? RetryPolicy { get; init; }

    /// <summary>Takes the place of the oldest unforced task when the queue of the action is full.</summary>
    public bool Force { get; init; }

    /// <summary>A name that no other task has.</summary>
    public string? Name { get; init; }

    /// <summary>Tags beside those of the action.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Groups beside those of the action.</summary>
    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary>A program to run instead of an action, where the server allows it.</summary>
    public string? Command { get; init; }

    /// <summary>The arguments of command.</summary>
    public IReadOnlyList<string>? Args { get; init; }

    internal override MessageDefinition<ClientMessage> Definition => Schema;
}
