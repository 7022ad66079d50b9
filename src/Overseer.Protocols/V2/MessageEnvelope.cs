using System.Text.Json;
using System.Text.Unicode;
using Overseer.Protocols.Json;
using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>
/// The first look at a message: whether it is one JSON object, not too deep, and its <c>id</c> and <c>type</c>. It goes through the whole
/// message, so that what reads the fields afterwards meets only whole JSON, and an error carries an id that stands behind the mistake.
/// </summary>
internal ref struct MessageEnvelope
{
    /// <summary>How many objects and arrays may be open at once, the message itself included.</summary>
    public const int MaxDepth = 32;

    private readonly bool _needsId;
    private bool _tooDeep;
    private EnvelopeField _id;
    private EnvelopeField _type;

    private MessageEnvelope(bool needsId)
    {
        _needsId = needsId;
        _id = new EnvelopeField("id");
        _type = new EnvelopeField("type");
    }

    /// <summary>The reader keeps one bit for each open level and never recurses, so that depth is ours to judge.</summary>
    public static JsonReaderOptions ReaderOptions => new() { MaxDepth = int.MaxValue };

    /// <summary>The id, also when there is an error; empty when it was missing, empty or no string.</summary>
    public readonly string Id => _id.Value ?? "";

    public readonly string Type => _type.Value ?? "";

    /// <summary>What is wrong, or null.</summary>
    public string? Error { get; private set; }

    public static MessageEnvelope Read(ReadOnlySpan<byte> utf8, bool needsId)
    {
        var envelope = new MessageEnvelope(needsId);
        try
        {
            envelope.Error = envelope.Scan(utf8);
        }
        catch (JsonException e)
        {
            envelope.Error = InvalidJson(e);
        }
        return envelope;
    }

    public static string InvalidJson(JsonException e) => $"invalid JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}";

    private string? Scan(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, ReaderOptions);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            return "message must be a JSON object";
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                _tooDeep |= reader.CurrentDepth >= MaxDepth;
            else if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && !_id.TryTake(ref reader))
                _type.TryTake(ref reader);
        }
        if (!Utf8.IsValid(utf8))
            return "invalid JSON: the message is not UTF-8";
        if (_tooDeep)
            return $"message is nested deeper than {MaxDepth} levels";
        return (_needsId ? _id.Problem : _id.Mistake) ?? _type.Problem;
    }
}
