using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>A queue was emptied.</summary>
public sealed record PurgedMessage : ServerMessage
{
    private static readonly OptionalField<PurgedMessage, string> ActionField =
        new("action", WireTypes.Text, m => m.Action, "The action whose tasks were meant; absent for all.");
    private static readonly RequiredField<PurgedMessage, int> CountField = new("count", WireTypes.Count, m => m.Count, "How many tasks it were.");
    private static readonly RequiredField<PurgedMessage, string> IdField = new("id", WireTypes.Text, m => m.Id, "The id of the request.");

    internal static readonly MessageDefinition<ServerMessage> Schema = Define<PurgedMessage>(
        "purged", MessageDelivery.Direct, "Waiting tasks were taken out of their queue.",
        [ActionField, CountField, IdField],
        f => new PurgedMessage
        {
            Action = f.Get(ActionField),
            Count = f.Get(CountField),
            Id = f.Get(IdField),
        });

    /// <summary>The action whose tasks were meant; absent for all.</summary>
    public string? Action { get; init; }

    /// <summary>How many tasks it were.</summary>
    public required int Count { get; init; }

    /// <summary>The id of the request.</summary>
    public required string Id { get; init; }

    internal override MessageDefinition<ServerMessage> Definition => Schema;
}
