using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Overseer.Protocols.Json;
using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>What the two descriptions of the protocol have in common.</summary>
internal static class DescriptionWriter
{
    /// <summary>Writes a document.</summary>
    public static byte[] Write(Action<Utf8JsonWriter> content)
    {
        var bytes = new ArrayBufferWriter<byte>(64 * 1024);
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            content(json);
            json.WriteEndObject();
        }
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Writes a string field, or nothing for null.</summary>
    public static void Text(this Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
            json.WriteString(name, value);
    }

    /// <summary>Writes an array of strings.</summary>
    public static void Texts(this Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }

    /// <summary>Writes a value as messages hold it.</summary>
    public static void Value<T>(this Utf8JsonWriter json, WireType<T> type, T value)
        where T : notnull
    {
        var bytes = new ArrayBufferWriter<byte>();
        var output = new JsonOutput(bytes);
        type.Write(ref output, value);
        output.Complete();
        json.WriteRawValue(bytes.WrittenSpan);
    }
}
