using System.Buffers.Text;
using System.Text.Json;
using Overseer.Protocols.Json;

namespace Overseer.Protocols.Schema;

/// <summary>A number with a fraction, of at least <paramref name="min"/>.</summary>
internal sealed class NumberType(double min) : WireType<double>("number", $"a number of {min} or more")
{
    private const int MaxLength = 32;

    /// <summary>Forms know no other number; a whole one is always right.</summary>
    public override string Kind => "integer";

    public override ReadProblem? Read(ref Utf8JsonReader reader, out double value)
    {
        value = 0;
        if (reader.TokenType != JsonTokenType.Number || !reader.TryGetDouble(out double number) || !double.IsFinite(number) || number < min)
            return WrongType();
        value = number;
        return null;
    }

    public override void Write(ref JsonOutput output, double value)
    {
        Span<byte> text = stackalloc byte[MaxLength];
        Utf8Formatter.TryFormat(value, text, out int length);
        output.Raw(text[..length]);
    }
}
