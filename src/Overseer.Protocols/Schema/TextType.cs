using System.Text.Json;
using Overseer.Protocols.Json;

namespace Overseer.Protocols.Schema;

/// <summary>A string. As an identifier (ids, names of things, filters) the empty one counts as absent when it is read.</summary>
internal sealed class TextType(bool identifier) : WireType<string>("string", "a string")
{
    public override ReadProblem? Read(ref Utf8JsonReader reader, out string value)
    {
        value = "";
        if (reader.TokenType != JsonTokenType.String)
            return WrongType();
        return UnicodeText.TryRead(ref reader, out value) ? null : new ReadProblem("{0} must be a string of whole Unicode characters");
    }

    public override void Write(ref JsonOutput output, string value) => output.Text(value);

    public override bool MeansAbsent(string value) => identifier && value.Length == 0;
}
