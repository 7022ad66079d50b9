using System.Buffers;
using System.Text.Json;

namespace Overseer.Streams.Forms;

/// <summary>What people read of a message that a container sent to the hub: of a log its message, of everything else a few words. Not thread-safe.</summary>
internal sealed class SessionText
{
    private const int MostWords = 64;
    private byte[] _text = new byte[1024];
    private int _length;

    /// <summary>The most bytes that the text of a line can have.</summary>
    public static int MaxBytes(int lineLength) => lineLength + MostWords;

    /// <summary>The text of a line; the line itself where it is none of the hub's. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> line)
    {
        _length = 0;
        if (_text.Length < MaxBytes(line.Length))
        {
            _text = new byte[MaxBytes(line.Length) * 2];
        }

        try
        {
            return TryTell(line) ? _text.AsSpan(0, _length) : line;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return line;
        }
    }

    private bool TryTell(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject || !Find(ref reader, "type"u8))
        {
            return false;
        }

        if (reader.ValueTextEquals("log"u8))
        {
            return Enter(ref reader) && Find(ref reader, "message"u8) && Add(ref reader);
        }

        if (reader.ValueTextEquals("status"u8))
        {
            return Enter(ref reader) && Tell("status: "u8, reader, "status"u8) && More(": "u8, reader, "message"u8, ""u8);
        }

        if (reader.ValueTextEquals("complete"u8))
        {
            return Enter(ref reader) && Tell("complete: exit code "u8, reader, "exitCode"u8) && More(": "u8, reader, "message"u8, ""u8);
        }

        return reader.ValueTextEquals("error"u8) && Enter(ref reader) && Tell("error: "u8, reader, "error"u8) && More(" ("u8, reader, "code"u8, ")"u8);
    }

    private bool Tell(ReadOnlySpan<byte> words, Utf8JsonReader data, ReadOnlySpan<byte> name)
    {
        Add(words);
        return Find(ref data, name) && Add(ref data);
    }

    private bool More(ReadOnlySpan<byte> before, Utf8JsonReader data, ReadOnlySpan<byte> name, ReadOnlySpan<byte> after)
    {
        if (Find(ref data, name) && data.TokenType == JsonTokenType.String && !data.ValueTextEquals(""u8))
        {
            Add(before);
            Add(ref data);
            Add(after);
        }

        return true;
    }

    private static bool Enter(ref Utf8JsonReader reader) => Find(ref reader, "data"u8) && reader.TokenType == JsonTokenType.StartObject;

    // Goes to the value of a field of the object that the reader is in.
    private static bool Find(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals(name);
            if (!reader.Read())
            {
                return false;
            }

            if (found)
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }

    private bool Add(ref Utf8JsonReader value)
    {
        switch (value.TokenType)
        {
            case JsonTokenType.String:
                _length += value.CopyString(_text.AsSpan(_length));
                return true;
            case JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False:
                Add(value.HasValueSequence ? value.ValueSequence.ToArray() : value.ValueSpan);
                return true;
            default:
                return false;
        }
    }

    private void Add(ReadOnlySpan<byte> words)
    {
        words.CopyTo(_text.AsSpan(_length));
        _length += words.Length;
    }
}
