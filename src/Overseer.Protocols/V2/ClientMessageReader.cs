using System.Text.Json;
using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Reads what clients send. Whatever the bytes are, the result is a message or one error: nothing is thrown.</summary>
public static class ClientMessageReader
{
    /// <summary>Reads one message.</summary>
    /// <param name="utf8">The whole message, JSON in UTF-8 without byte order mark.</param>
    public static ClientMessageResult Read(ReadOnlyMemory<byte> utf8)
    {
        var envelope = MessageEnvelope.Read(utf8.Span);
        if (envelope.Error is { } error)
            return ClientMessageResult.Refused(envelope.Id, error);
        var definition = ProtocolCatalog.Client.Find(envelope.Type);
        if (definition is null)
            return ClientMessageResult.Refused(envelope.Id, "unknown message type: " + ReadProblem.Shorten(envelope.Type));
        var reader = new Utf8JsonReader(utf8.Span, MessageEnvelope.ReaderOptions);
        reader.Read();
        return definition.Read(ref reader, out var message) is { } problem
            ? ClientMessageResult.Refused(envelope.Id, problem.ToString())
            : ClientMessageResult.Of(message!);
    }
}
