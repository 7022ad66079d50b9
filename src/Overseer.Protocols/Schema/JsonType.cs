using System.Runtime.InteropServices;
using System.Text.Json;
using Overseer.Protocols.Json;

namespace Overseer.Protocols.Schema;

/// <summary>A whole JSON object as it is, in UTF-8: passed on byte by byte, not looked into.</summary>
internal sealed class JsonType() : WireType<ReadOnlyMemory<byte>>("object", "an object")
{
    public override ReadProblem? Read(ref Utf8JsonReader reader, out ReadOnlyMemory<byte> value)
    {
        value = default;
        if (reader.TokenType != JsonTokenType.StartObject)
            return WrongType();
        using var document = JsonDocument.ParseValue(ref reader);
        value = JsonMarshal.GetRawUtf8Value(document.RootElement).ToArray();
        return null;
    }

    public override void Write(ref JsonOutput output, ReadOnlyMemory<byte> value) => output.Raw(value.Span);
}
