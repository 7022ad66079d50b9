using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>The description of the protocol.</summary>
public sealed record ManifestResponse : ServerMessage
{
    private static readonly RequiredField<ManifestResponse, ReadOnlyMemory<byte>> ManifestField =
        new("manifest", WireTypes.Json, m => m.Manifest, "The document, the same as at GET /ws/manifest.");
    private static readonly RequiredField<ManifestResponse, string> IdField = new("id", WireTypes.Text, m => m.Id, "The id of the request.");

    internal static readonly MessageDefinition<ServerMessage> Schema = Define<ManifestResponse>(
        "manifest", MessageDelivery.Direct, "The description of this protocol that programs can read.",
        [ManifestField, IdField],
        f => new ManifestResponse
        {
            Manifest = f.Get(ManifestField),
            Id = f.Get(IdField),
        });

    /// <summary>The document, the same as at GET /ws/manifest.</summary>
    public required ReadOnlyMemory<byte> Manifest { get; init; }

    /// <summary>The id of the request.</summary>
    public required string Id { get; init; }

    internal override MessageDefinition<ServerMessage> Definition => Schema;
}
