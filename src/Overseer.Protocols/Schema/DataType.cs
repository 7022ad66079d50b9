using System.Text;
using System.Text.Json;
using Overseer.Protocols.Json;

namespace Overseer.Protocols.Schema;

/// <summary>Bytes that are mostly text, such as a line of output: a string on the wire, with U+FFFD for each byte that is no UTF-8.</summary>
internal sealed class DataType() : WireType<ReadOnlyMemory<byte>>("string", "a string")
{
    public override ReadProblem? Read(ref Utf8JsonReader reader, out ReadOnlyMemory<byte> value)
    {
        value = default;
        if (reader.TokenType != JsonTokenType.String)
            return WrongType();
        if (!reader.ValueIsEscaped)
            value = reader.ValueSpan.ToArray();
        else if (UnicodeText.TryRead(ref reader, out string text))
            value = Encoding.UTF8.GetBytes(text);
        else
            return new ReadProblem("{0} must be a string of whole Unicode characters");
        return null;
    }

    public override void Write(ref JsonOutput output, ReadOnlyMemory<byte> value) => output.Text(value.Span);
}
