using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Actions that can be started.</summary>
public sealed record ActionsMessage : ServerMessage
{
    private static readonly ListType<ActionInfo> ActionListType = new(ActionInfo.Schema);
    private static readonly RequiredField<ActionsMessage, IReadOnlyList<ActionInfo>> ActionsField =
        new("actions", ActionListType, m => m.Actions, "The actions, by name.");
    private static readonly RequiredField<ActionsMessage, string> IdField = new("id", WireTypes.Text, m => m.Id, "The id of the request.");

    internal static readonly MessageDefinition<ServerMessage> Schema = Define<ActionsMessage>(
        "actions", MessageDelivery.Direct, "The actions that describe asked for.",
        [ActionsField, IdField],
        f => new ActionsMessage
        {
            Actions = f.Get(ActionsField),
            Id = f.Get(IdField),
        });

    /// <summary>The actions, by name.</summary>
    public required IReadOnlyList<ActionInfo> Actions { get; init; }

    /// <summary>The id of the request.</summary>
    public required string Id { get; init; }

    internal override MessageDefinition<ServerMessage> Definition => Schema;
}
