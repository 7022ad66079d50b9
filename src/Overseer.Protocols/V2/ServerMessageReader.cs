using System.Text.Json;
using Overseer.Protocols.Classic;
using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Reads what servers send, for clients. Nothing is thrown, whatever the bytes are.</summary>
public static class ServerMessageReader
{
    /// <summary>Reads one message.</summary>
    /// <param name="utf8">The whole message.</param>
    public static ServerMessageResult Read(ReadOnlyMemory<byte> utf8) => Read(utf8, static type => ProtocolCatalog.Server.Find(type));

    /// <summary>Reads one message as clients of a profile get it.</summary>
    /// <param name="utf8">The whole message.</param>
    /// <param name="profile">What the client was written for. Where an id may be left out, it is the empty text then.</param>
    public static ServerMessageResult Read(ReadOnlyMemory<byte> utf8, ProtocolProfile profile)
        => Read(utf8, type => (profile.IsClassic ? ProtocolCatalog.Classic : ProtocolCatalog.Server).Find(type), needsId: !profile.IsClassic);

    /// <summary>Reads one message of those that <paramref name="find"/> finds; all others have an unknown type.</summary>
    internal static ServerMessageResult Read(ReadOnlyMemory<byte> utf8, Func<string, MessageDefinition<ServerMessage>?> find, bool needsId = true)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8.Span, MessageEnvelope.ReaderOptions);
            return ReadType(reader, out string? type) is { } error ? new ServerMessageResult(null, null, error) : ReadMessage(ref reader, type!, find, needsId);
        }
        catch (JsonException e)
        {
            return new ServerMessageResult(null, null, MessageEnvelope.InvalidJson(e));
        }
    }

    /// <summary>Finds the type, nearly always the first field; on a copy of the reader, so that the message is read from its start.</summary>
    private static string? ReadType(Utf8JsonReader reader, out string? type)
    {
        type = null;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            return "message must be a JSON object";
        var field = new EnvelopeField("type");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (field.TryTake(ref reader))
                break;
            reader.Read();
            reader.Skip();
        }
        type = field.Value;
        return field.Problem;
    }

    private static ServerMessageResult ReadMessage(ref Utf8JsonReader reader, string type, Func<string, MessageDefinition<ServerMessage>?> find, bool needsId)
    {
        var definition = find(type);
        if (definition is null)
            return new ServerMessageResult(null, type, null);
        reader.Read();
        var problem = definition.Read(ref reader, needsId, out var message);
        if (problem is null)
            reader.Read(); // throws when anything but blanks follows
        return new ServerMessageResult(message, null, problem?.ToString());
    }
}
