using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>A tag or group was renamed.</summary>
public sealed record RenamedMessage : ServerMessage
{
    private static readonly RequiredField<RenamedMessage, int> CountField = new("count", WireTypes.Count, m => m.Count, "How many tasks had it.");
    private static readonly RequiredField<RenamedMessage, string> IdField = new("id", WireTypes.Text, m => m.Id, "The id of the request.");

    internal static readonly MessageDefinition<ServerMessage> Schema = Define<RenamedMessage>(
        "renamed", MessageDelivery.Direct, "A tag or group has another name.",
        [CountField, IdField],
        f => new RenamedMessage
        {
            Count = f.Get(CountField),
            Id = f.Get(IdField),
        });

    /// <summary>How many tasks had it.</summary>
    public required int Count { get; init; }

    /// <summary>The id of the request.</summary>
    public required string Id { get; init; }

    internal override MessageDefinition<ServerMessage> Definition => Schema;
}
