using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Overseer.Protocols.Json;

namespace Overseer.Protocols.Schema;

/// <summary>One of a few words, each of which is a value here.</summary>
internal sealed class ChoiceType<T> : WireType<T>
    where T : struct, Enum
{
    // Plain arrays of numbers: there are a handful of words, and dictionaries of enums cost every short-lived client some 200 methods to compile.
    private readonly string[] _words;
    private readonly int[] _values;
    private readonly byte[][] _json;

    /// <summary>Makes the type.</summary>
    /// <param name="name">The type's name in descriptions.</param>
    /// <param name="description">What is chosen, one sentence.</param>
    /// <param name="choices">Words that need no escaping, each with its value.</param>
    public ChoiceType(string name, string description, params (string Word, T Value)[] choices)
        : base(name, Describe(choices))
    {
        if (Unsafe.SizeOf<T>() != sizeof(int))
            throw new ArgumentException($"{typeof(T)} is no enum of int", nameof(choices));
        Description = description;
        _words = new string[choices.Length];
        _values = new int[choices.Length];
        _json = new byte[choices.Length][];
        for (int i = 0; i < choices.Length; i++)
        {
            (_words[i], T value) = choices[i];
            _values[i] = Number(value);
            _json[i] = Encoding.UTF8.GetBytes($"\"{_words[i]}\"");
        }
    }

    public override string Kind => "enum";

    public override string Description { get; }

    public override IReadOnlyList<string> Words => _words;

    public override ReadProblem? Read(ref Utf8JsonReader reader, out T value)
    {
        value = default;
        if (reader.TokenType != JsonTokenType.String || !UnicodeText.TryRead(ref reader, out string text))
            return WrongType();
        int index = Array.IndexOf(_words, text);
        if (index < 0)
            return WrongType();
        value = Unsafe.BitCast<int, T>(_values[index]);
        return null;
    }

    /// <summary>Writes the word of the value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value has no word.</exception>
    public override void Write(ref JsonOutput output, T value)
    {
        int index = _values.AsSpan().IndexOf(Number(value));
        output.Raw(index < 0 ? throw new ArgumentOutOfRangeException(nameof(value), value, null) : _json[index]);
    }

    private static int Number(T value) => Unsafe.BitCast<T, int>(value);

    private static string Describe((string Word, T Value)[] choices)
    {
        var text = new StringBuilder("one of ");
        for (int i = 0; i < choices.Length; i++)
            text.Append(i == 0 ? "\"" : ", \"").Append(choices[i].Word).Append('"');
        return text.ToString();
    }
}
