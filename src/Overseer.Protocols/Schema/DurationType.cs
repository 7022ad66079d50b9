using System.Text.Json;
using Overseer.Core.Time;
using Overseer.Protocols.Json;

namespace Overseer.Protocols.Schema;

/// <summary>A duration in Go's notation, never negative.</summary>
internal sealed class DurationType() : WireType<TimeSpan>("duration", GoDuration.Expected)
{
    public override ReadProblem? Read(ref Utf8JsonReader reader, out TimeSpan value)
    {
        value = default;
        if (reader.TokenType != JsonTokenType.String || !UnicodeText.TryRead(ref reader, out string text) || !GoDuration.TryParse(text, out value))
            return WrongType();
        return null;
    }

    public override void Write(ref JsonOutput output, TimeSpan value) => output.Text(GoDuration.Format(value));
}
