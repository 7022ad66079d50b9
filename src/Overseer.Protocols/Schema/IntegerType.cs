using System.Numerics;
using System.Text.Json;
using Overseer.Protocols.Json;

namespace Overseer.Protocols.Schema;

/// <summary>A whole number within bounds, written without point or exponent.</summary>
internal sealed class IntegerType<T>(T min, T max) : WireType<T>("integer", Describe(min, max))
    where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
{
    public override ReadProblem? Read(ref Utf8JsonReader reader, out T value)
    {
        value = T.Zero;
        if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long number) || number < long.CreateChecked(min) || number > long.CreateChecked(max))
            return WrongType();
        value = T.CreateChecked(number);
        return null;
    }

    public override void Write(ref JsonOutput output, T value) => output.Number(long.CreateChecked(value));

    private static string Describe(T min, T max) => (min == T.MinValue, max == T.MaxValue) switch
    {
        (true, true) => "an integer",
        (false, true) => $"an integer of {min} or more",
        _ => $"an integer from {min} to {max}",
    };
}
