using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Asks for the description of the protocol.</summary>
/// <param name="Id"><inheritdoc cref="ClientMessage(string)" path="/param[@name='Id']"/></param>
public sealed record ManifestMessage(string Id) : ClientMessage(Id)
{
    private static readonly RequiredField<ManifestMessage, string> RequestId = IdField<ManifestMessage>();

    internal static readonly MessageDefinition<ClientMessage> Schema = Define<ManifestMessage>(
        "manifest", "Asks for the description of this protocol that programs can read.",
        [RequestId],
        f => new ManifestMessage(f.Get(RequestId)));

    internal override MessageDefinition<ClientMessage> Definition => Schema;
}
