using System.Text.Json;
using Overseer.Protocols.Json;
using Overseer.Protocols.V2;

namespace Overseer.Protocols.Schema;

/// <summary>An RFC 3339 time: any offset and up to nine digits of a second when read, UTC with microseconds when written.</summary>
internal sealed class TimestampType() : WireType<DateTimeOffset>("timestamp", "an RFC 3339 timestamp in a string, such as \"2026-01-31T12:00:00Z\"")
{
    public override ReadProblem? Read(ref Utf8JsonReader reader, out DateTimeOffset value)
    {
        value = default;
        if (reader.TokenType != JsonTokenType.String || !UnicodeText.TryRead(ref reader, out string text))
            return WrongType();
        // An empty one says "from the beginning of time", as clients written in Go send it.
        return text.Length == 0 || Rfc3339.TryParse(text, out value) ? null : new ReadProblem("invalid {0} timestamp");
    }

    public override void Write(ref JsonOutput output, DateTimeOffset value)
    {
        output.Raw((byte)'"');
        var text = TimestampText.From(value);
        output.Raw(text.Bytes);
        output.Raw((byte)'"');
    }

    public override bool MeansAbsent(DateTimeOffset value) => value == default;
}
