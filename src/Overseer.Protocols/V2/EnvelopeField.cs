using System.Text.Json;
using Overseer.Protocols.Json;
using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>A string field that every message has, as far as it was found.</summary>
internal struct EnvelopeField(string name)
{
    private bool _seen;
    private ReadProblem? _problem;

    public string? Value { get; private set; }

    /// <summary>What is wrong with it, missing included; null when all is well.</summary>
    public readonly string? Problem
        => Mistake ?? (string.IsNullOrEmpty(Value) ? ReadProblem.Required().InField(name).ToString() : null);

    /// <summary>What is wrong with it if it is there; null when all is well, or it is missing.</summary>
    public readonly string? Mistake => _problem?.InField(name).ToString();

    /// <summary>Takes the value when the reader is on this field's name; the reader is then on the value's first token.</summary>
    public bool TryTake(ref Utf8JsonReader reader)
    {
        if (!UnicodeText.TryRead(ref reader, out string found) || found != name)
            return false;
        reader.Read();
        if (_seen)
            _problem = ReadProblem.Twice();
        else if (reader.TokenType != JsonTokenType.Null)
            Take(ref reader);
        _seen = true;
        return true;
    }

    private void Take(ref Utf8JsonReader reader)
    {
        _problem = WireTypes.Text.Read(ref reader, out string value);
        if (_problem is null)
            Value = value;
    }
}
