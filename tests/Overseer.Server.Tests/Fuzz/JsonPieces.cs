using System.Text.Json;

namespace Overseer.Server.Tests.Fuzz;

/// <summary>Where the values and the fields of a JSON text are, however deep. A text that is broken has those before the break.</summary>
internal sealed class JsonPieces
{
    private readonly List<Range> _values = [];
    private readonly List<Range> _fields = [];

    private JsonPieces()
    {
    }

    /// <summary>The values, whole objects and arrays too.</summary>
    public IReadOnlyList<Range> Values => _values;

    /// <summary>The fields: name, colon and value.</summary>
    public IReadOnlyList<Range> Fields => _fields;

    /// <summary>Looks through a text.</summary>
    public static JsonPieces Of(ReadOnlySpan<byte> json)
    {
        var pieces = new JsonPieces();
        try
        {
            pieces.Read(json);
        }
        catch (JsonException)
        {
            // What was found before is right.
        }

        return pieces;
    }

    private void Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        var open = new Stack<(int Value, int Field)>();
        var field = -1;
        while (reader.Read())
        {
            var start = (int)reader.TokenStartIndex;
            var end = (int)reader.BytesConsumed;
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    field = start;
                    continue;
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    open.Push((start, field));
                    field = -1;
                    continue;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    (start, field) = open.Pop();
                    break;
                default:
                    break;
            }

            _values.Add(start..end);
            if (field >= 0)
            {
                _fields.Add(field..end);
            }

            field = -1;
        }
    }
}
