using System.Text.Json;
using Overseer.Protocols.Json;

namespace Overseer.Protocols.Schema;

/// <summary>True or false; nothing else stands for them.</summary>
internal sealed class BooleanType() : WireType<bool>("boolean", "true or false")
{
    public override ReadProblem? Read(ref Utf8JsonReader reader, out bool value)
    {
        value = reader.TokenType == JsonTokenType.True;
        return value || reader.TokenType == JsonTokenType.False ? null : WrongType();
    }

    public override void Write(ref JsonOutput output, bool value) => output.Raw(value ? "true"u8 : "false"u8);
}
