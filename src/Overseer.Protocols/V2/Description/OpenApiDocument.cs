using System.Text.Json;
using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>
/// The protocol in the clothes of Swagger 2.0, which is what sticky-bb draws its forms from: what <c>GET /openapi.json</c> gives. One path, <c>/ws</c>, whose
/// commands are the messages of clients and a start for each action. Made of the same definitions as the messages.
/// </summary>
public static class OpenApiDocument
{
    /// <summary>Makes the document: one JSON object in UTF-8, on one line.</summary>
    /// <param name="version">The version of the server.</param>
    /// <param name="actions">What can be started.</param>
    public static byte[] Make(string version, IEnumerable<ActionInfo> actions) => DescriptionWriter.Write(json =>
    {
        json.WriteString("swagger", "2.0");
        json.WriteStartObject("info");
        json.WriteString("title", "Overseer");
        json.WriteString("description", "Everything goes over the WebSocket at /ws.");
        json.WriteString("version", version);
        json.WriteEndObject();
        json.WriteStartObject("paths");
        json.WriteStartObject("/ws");
        json.WriteStartObject("ws");
        json.WriteString("summary", "The WebSocket of the overseer protocol");
        json.WriteStartArray("commands");
        foreach (var operation in Operations.All)
            WriteMessage(json, operation);
        foreach (var action in actions)
            WriteAction(json, action);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    });

    private static void WriteMessage(Utf8JsonWriter json, Operation operation)
    {
        json.WriteStartObject();
        json.WriteString("operationId", "ws-" + operation.Send.Name.Replace('_', '-'));
        json.WriteString("summary", operation.Title);
        json.WriteString("description", operation.Notes is null ? operation.Send.Description : $"{operation.Send.Description} {operation.Notes}");
        json.WriteStartArray("parameters");
        WriteHidden(json, "type", operation.Send.Name);
        foreach (var field in operation.Send.Fields)
            WriteField(json, field);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteField(Utf8JsonWriter json, Field field)
    {
        json.WriteStartObject();
        json.WriteString("name", field.Name);
        json.WriteString("description", field.Type.Words.Count > 0 ? WithWords(field.Description, field.Type.Words) : field.Description);
        json.WriteString("type", field.Type.Kind switch { "map" => "object", "enum" => "string", var kind => kind });
        if (field.Required)
            json.WriteBoolean("required", true);
        if (field.Default is { } value)
        {
            json.WritePropertyName("default");
            json.WriteRawValue(value);
        }
        json.WriteEndObject();
    }

    private static void WriteAction(Utf8JsonWriter json, ActionInfo action)
    {
        json.WriteStartObject();
        json.WriteString("operationId", "start-" + action.Name);
        json.WriteString("summary", "Start " + action.Name);
        json.WriteString("description", action.Description ?? $"Starts a task of {action.Name}.");
        json.Texts("tags", [action.Name]);
        json.WriteString("params_key", "params");
        json.WriteStartArray("parameters");
        WriteHidden(json, "type", StartMessage.Schema.Name);
        WriteHidden(json, "action", action.Name);
        foreach (var (name, spec) in action.Params.OrderBy(p => p.Value?.Default is not null))
            WriteParameter(json, name, spec);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteParameter(Utf8JsonWriter json, string name, ParameterInfo? spec)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.Text("description", spec?.Enum is { } words ? WithWords(spec.Description ?? "", words).TrimStart() : spec?.Description);
        json.WriteString("type", "string");
        if (spec?.Default is not { } value)
            json.WriteBoolean("required", true);
        else if (!spec.Secret) // a form would send the mask back as the value
            json.WriteString("default", value);
        json.Text("validate", spec?.Validate);
        json.WriteEndObject();
    }

    private static void WriteHidden(Utf8JsonWriter json, string name, string value)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("type", "string");
        json.WriteBoolean("required", true);
        json.WriteBoolean("hidden", true);
        json.WriteString("default", value);
        json.WriteEndObject();
    }

    private static string WithWords(string description, IEnumerable<string> words) => $"{description} One of: {string.Join(", ", words)}.";
}
