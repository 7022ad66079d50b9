using System.Text.Json;
using Overseer.Protocols.Classic;
using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Reads what clients send. Whatever the bytes are, the result is a message or one error: nothing is thrown.</summary>
public static class ClientMessageReader
{
    /// <summary>Reads one message.</summary>
    /// <param name="utf8">The whole message, JSON in UTF-8 without byte order mark.</param>
    public static ClientMessageResult Read(ReadOnlyMemory<byte> utf8) => Read(utf8, ProtocolProfile.V2);

    /// <summary>Reads one message of a client of some profile.</summary>
    /// <param name="utf8">The whole message, JSON in UTF-8 without byte order mark.</param>
    /// <param name="profile">What the client was written for. Without an id, that of the message is the empty text.</param>
    public static ClientMessageResult Read(ReadOnlyMemory<byte> utf8, ProtocolProfile profile)
    {
        var envelope = MessageEnvelope.Read(utf8.Span, needsId: !profile.IsClassic);
        if (envelope.Error is { } error)
            return ClientMessageResult.Refused(envelope.Id, error);
        var definition = ProtocolCatalog.Client.Find(envelope.Type);
        if (definition is null)
            return ClientMessageResult.Refused(envelope.Id, "unknown message type: " + ReadProblem.Shorten(envelope.Type));
        var reader = new Utf8JsonReader(utf8.Span, MessageEnvelope.ReaderOptions);
        reader.Read();
        if (definition.Read(ref reader, needsId: !profile.IsClassic, out var message) is { } problem)
            return ClientMessageResult.Refused(envelope.Id, problem.ToString());
        return message is StartMessage { Action: null, Command: null } && !profile.IsClassic
            ? ClientMessageResult.Refused(envelope.Id, "action is required")
            : ClientMessageResult.Of(message!);
    }
}
