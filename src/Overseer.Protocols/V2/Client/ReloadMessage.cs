using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Has the configuration read again.</summary>
/// <param name="Id"><inheritdoc cref="ClientMessage(string)" path="/param[@name='Id']"/></param>
public sealed record ReloadMessage(string Id) : ClientMessage(Id)
{
    private static readonly RequiredField<ReloadMessage, string> RequestId = IdField<ReloadMessage>();

    internal static readonly MessageDefinition<ClientMessage> Schema = Define<ReloadMessage>(
        "reload", "Has the server read its configuration again, and apply it when nothing is wrong with it.",
        [RequestId],
        f => new ReloadMessage(f.Get(RequestId)));

    internal override MessageDefinition<ClientMessage> Definition => Schema;
}
