using System.Text.Json;
using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>
/// The description of the protocol that programs draw their forms from: what <c>GET /ws/manifest</c> and the <c>manifest</c> message give. It is
/// made of the definitions that messages are read and written by, so it cannot say anything else.
/// </summary>
public static class ManifestDocument
{
    private const string SchemaAddress = "https://github.com/whisper-darkly/sticky-bb/raw/main/docs/ws-manifest.schema.json";

    /// <summary>Makes the document: one JSON object in UTF-8, on one line.</summary>
    /// <param name="version">The version of the server.</param>
    /// <param name="actions">What can be started.</param>
    public static byte[] Make(string version, IEnumerable<ActionInfo> actions) => DescriptionWriter.Write(json =>
    {
        json.WriteString("$schema", SchemaAddress);
        json.WriteString("protocol", "sticky-overseer");
        json.WriteString("version", version);
        json.WriteString("description", "Runs, watches and records processes, and streams what they write to any number of listeners.");
        json.WriteStartObject("transport");
        json.WriteString("path", "/ws");
        json.WriteString("type_field", "type");
        json.WriteString("correlation_field", "id");
        json.WriteEndObject();
        WriteTypes(json);
        WriteMessages(json);
        WriteOperations(json);
        json.WriteStartArray("actions");
        foreach (var action in actions)
            json.Value(ActionInfo.Schema, action);
        json.WriteEndArray();
    });

    private static void WriteTypes(Utf8JsonWriter json)
    {
        json.WriteStartObject("types");
        foreach (var (name, type) in NamedTypes.All)
        {
            json.WriteStartObject(name);
            json.WriteString("type", type.Kind);
            json.Text("description", type.Description);
            if (type.Words.Count > 0)
                json.Texts("values", type.Words);
            else
                WriteFields(json, type.Fields);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void WriteMessages(Utf8JsonWriter json)
    {
        json.WriteStartObject("messages");
        foreach (var message in ProtocolCatalog.All)
        {
            json.WriteStartObject(ProtocolCatalog.KeyOf(message));
            json.WriteString("description", message.Description);
            json.WriteString("direction", message.Direction == MessageDirection.ClientToServer ? "c2s" : "s2c");
            json.WriteString("delivery", Delivery(message.Delivery));
            WriteFields(json, message.Fields, message.Name);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    /// <summary>The widest of the ways a message is delivered.</summary>
    private static string Delivery(MessageDelivery delivery) => delivery switch
    {
        _ when delivery.HasFlag(MessageDelivery.Broadcast) => "broadcast",
        _ when delivery.HasFlag(MessageDelivery.BroadcastSubscribers) => "broadcast_subscribers",
        _ => "direct",
    };

    private static void WriteFields(Utf8JsonWriter json, IReadOnlyList<Field> fields, string? message = null)
    {
        json.WriteStartObject("fields");
        if (message is not null)
            WriteTypeField(json, message);
        foreach (var field in fields)
            WriteField(json, field);
        json.WriteEndObject();
    }

    private static void WriteTypeField(Utf8JsonWriter json, string message)
    {
        json.WriteStartObject("type");
        json.WriteString("type", "string");
        json.WriteString("description", "What message it is.");
        json.WriteBoolean("required", true);
        json.WriteString("default", message);
        json.WriteString("ui_hint", "hidden");
        json.WriteEndObject();
    }

    private static void WriteField(Utf8JsonWriter json, Field field)
    {
        json.WriteStartObject(field.Name);
        WriteReference(json, field.Type);
        json.WriteString("description", field.Description);
        json.WriteBoolean("required", field.Required);
        if (field.Default is { } value)
        {
            json.WritePropertyName("default");
            json.WriteRawValue(value);
        }
        json.Text("ui_hint", field.UiHint);
        WriteItems(json, field.Type);
        json.WriteEndObject();
    }

    private static void WriteReference(Utf8JsonWriter json, WireType type)
    {
        if (NamedTypes.IsNamed(type))
            json.WriteString("$ref", "#/types/" + type.Name);
        else
            json.WriteString("type", type.Kind);
    }

    private static void WriteItems(Utf8JsonWriter json, WireType type)
    {
        if (type.Item is not { } item)
            return;
        json.WriteStartObject(type.Kind == "map" ? "value_type" : "items");
        WriteReference(json, item);
        WriteItems(json, item);
        json.WriteEndObject();
    }

    private static void WriteOperations(Utf8JsonWriter json)
    {
        json.WriteStartObject("operations");
        foreach (var operation in Operations.All)
        {
            json.WriteStartObject(operation.Name);
            json.WriteString("description", operation.Send.Description);
            json.WriteString("send", operation.Send.Name);
            json.WriteStartObject("responses");
            json.WriteStartObject("direct");
            WriteNames(json, "success", operation.Success);
            WriteNames(json, "error", [ErrorMessage.Schema]);
            json.WriteEndObject();
            json.WriteStartObject("side_effects");
            WriteNames(json, "broadcast", operation.Broadcast);
            WriteNames(json, "broadcast_subscribers", operation.BroadcastSubscribers);
            json.WriteEndObject();
            json.WriteEndObject();
            json.Text("notes", operation.Notes);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void WriteNames(Utf8JsonWriter json, string name, IEnumerable<MessageDefinition> messages)
        => json.Texts(name, messages.Select(m => m.Name));
}
