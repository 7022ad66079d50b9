using System.Text.Json;
using Overseer.Protocols.Json;

namespace Overseer.Protocols.Schema;

/// <summary>A string. As an identifier (ids, names of things, filters) the empty one counts as absent when it is read.</summary>
/// <param name="identifier">Whether it is one.</param>
/// <param name="kind">What it is in forms.</param>
internal sealed class TextType(bool identifier, string kind = "string") : WireType<string>("string", "a string")
{
    public override string Kind => kind;

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
